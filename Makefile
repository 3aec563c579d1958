# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# All targets require git, make, Python 3.11 or newer, and a package index. In the checkout, they write only to .venv
# and .build, except for `make lock`, which updates constraints.txt.

# Use the first interpreter that runs and is new enough. If there is none, use python3, for which tools/make_venv.py
# prints an error message.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && exec echo $$python; done; echo python3)
VENV_PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo emulator test bench matrix mutation docs build venv lock clean

help: ## Show this help
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: ## Run a demonstration against the emulator; no account is required
	@$(PYTHON) tools/make_venv.py requirements-demo.txt
	@$(VENV_PYTHON) tools/demo.py

emulator: ## Run the emulator in the foreground, to test your own playbooks
	@$(PYTHON) tools/make_venv.py requirements-demo.txt
	@cd tests && exec ../$(VENV_PYTHON) -m emulator --service-function demo/hello --function hello

test: venv ## Run all CI checks; `make test GATES="unit types"` runs only some of them
	@$(VENV_PYTHON) tools/gates.py $(GATES)

bench: ## Compare the modules with the SDK; `make bench FULL=1` includes 10,000 configurations
	@$(PYTHON) tools/make_venv.py requirements-demo.txt
	@PYTHONPATH=tests:tools $(VENV_PYTHON) -m bench $(if $(FULL),--full)

matrix: venv ## Run the tests with all supported and installed releases of ansible-core, Python and the SDK
	@$(VENV_PYTHON) -m nox

mutation: venv ## Run mutation tests of the model and the reconciler
	@$(VENV_PYTHON) tools/mutation.py

docs: venv ## Build the documentation site in .build/docs/html
	@$(VENV_PYTHON) tools/docsite.py

build: venv ## Create ansible_collections/alicloud/fc below .build, as a link and as a copy
	@$(VENV_PYTHON) tools/make_tree.py

venv: ## Create .venv with the requirements of all targets
	@$(PYTHON) tools/make_venv.py requirements-demo.txt requirements-dev.txt

lock: ## Update constraints.txt to the newest releases that requirements*.txt allow
	@$(PYTHON) tools/make_venv.py --lock

clean: ## Remove .build and .venv
	rm -rf .build .venv
