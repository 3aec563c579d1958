# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# All targets require git, make, Python 3.11 or newer, and a package index. In the checkout, they write only to .venv
# and .build, except for `make lock`, which updates constraints*.txt.

# Use the newest of these Python versions that is installed and can create virtual environments. pyenv and uv do not add
# all interpreters to PATH. If there is none, use python3, for which tools/make_venv.py may print an error message.
PYTHON ?= $(shell for version in 3.13 3.12 3.11; do for python in python$$version \
	"$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$$version.*/bin/python "$$HOME"/.local/share/uv/python/*-$$version.*/bin/python; do \
	"$$python" -c 'import ensurepip, ssl' 2>/dev/null && echo "$$python" && exit; done; done; echo python3)
VENV_PYTHON := .venv/bin/python
NOX := $(VENV_PYTHON) -m nox
# The releases depend on the Python version; the constraints contain those for 3.11 and all newer versions. They also
# contain pip and uv, which tools/make_venv.py installs itself, uv only if it is usable. uv comes from an environment of
# its own, because .venv cannot be created while requirements*.txt exclude a pinned release.
LOCK_VENV := .build/lock
LOCK := $(LOCK_VENV)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-annotate \
	--custom-compile-command 'make lock'
INSTALL := tools/make_venv.py requirements-demo.txt

.DEFAULT_GOAL := help
.PHONY: help demo emulator test bench matrix mutation docs build venv lock clean

help: ## Show this help
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: ## Run a demonstration against the emulator; no account is required
	@"$(PYTHON)" $(INSTALL)
	@$(VENV_PYTHON) tools/demo.py

emulator: ## Run the emulator in the foreground, to test your own playbooks
	@"$(PYTHON)" $(INSTALL)
	@cd tests && exec ../$(VENV_PYTHON) -m emulator --service-function demo/hello --function hello

test: venv ## Run all CI checks; `make test CHECKS="unit types"` runs only some of them
	@rm -f .build/report.json
	@$(NOX) --parallel 2 --report .build/report.json $(if $(CHECKS),--sessions $(CHECKS),--tags checks); status=$$?; \
		test ! -e .build/report.json || $(VENV_PYTHON) tools/summary.py .build/report.json; exit $$status

bench: ## Compare the modules with the SDK; `make bench FULL=1` includes 10,000 configurations
	@"$(PYTHON)" $(INSTALL)
	@PYTHONPATH=tests:tools $(VENV_PYTHON) -m bench $(if $(FULL),--full)

matrix: venv ## Run the tests with all supported and installed releases of ansible-core, Python and the SDK
	-@$(NOX) --sessions next_core
	@$(NOX) --tags matrix

mutation: venv ## Run mutation tests of the model and the reconciler
	@$(VENV_PYTHON) tools/mutation.py

docs: venv ## Build the documentation site in .build/docs/html
	@$(NOX) --sessions site

build: venv ## Create ansible_collections/alicloud/fc below .build, as a link and as a copy
	@$(VENV_PYTHON) tools/make_tree.py

venv: ## Create .venv with the requirements of all targets
	@"$(PYTHON)" $(INSTALL) requirements-dev.txt

lock: ## Update constraints*.txt to the newest releases that requirements*.txt allow
	@"$(PYTHON)" -m venv --clear $(LOCK_VENV)
	@$(LOCK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv
	@printf 'pip\nuv\n' | $(LOCK) requirements-dev.txt - --output-file constraints.txt
	@$(LOCK) requirements-galaxy.txt --output-file constraints-galaxy.txt

clean: ## Remove .build and .venv
	rm -rf .build .venv
