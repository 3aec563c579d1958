# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything below needs git, make and Python 3.11 or newer, and a package index; what it makes stays in .venv and .build.

# The first that runs and is new enough; python3 if there is none, which then says so.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && exec echo $$python; done; echo python3)
VENV_PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo emulator test bench matrix mutation docs build venv lock clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: ## See the collection at work: the quick start against an emulator, no account needed
	@$(PYTHON) tools/make_venv.py requirements-demo.txt
	@$(VENV_PYTHON) tools/demo.py

emulator: ## Run the emulator in the foreground, to try own playbooks against
	@$(PYTHON) tools/make_venv.py requirements-demo.txt
	@cd tests && exec ../$(VENV_PYTHON) -m emulator --service-function demo/hello --function hello

test: venv ## Run every gate that CI runs; `make test GATES="unit types"` runs some
	@$(VENV_PYTHON) tools/gates.py $(GATES)

bench: ## Measure the modules beside the bare SDK; `make bench FULL=1` with 10,000 configs too
	@$(PYTHON) tools/make_venv.py requirements-demo.txt
	@PYTHONPATH=tests:tools $(VENV_PYTHON) -m bench $(if $(FULL),--full)

matrix: venv ## Run the tests with every ansible-core, Python and SDK release that is supported and here
	@$(VENV_PYTHON) -m nox

mutation: venv ## Break the model and the reconciler in every small way: do their unit tests notice?
	@$(VENV_PYTHON) tools/mutation.py

docs: venv ## Build the documentation site: .build/docs/html
	@$(VENV_PYTHON) tools/docsite.py

build: venv ## Make ansible_collections/alicloud/fc below .build: a link to the checkout, and a copy
	@$(VENV_PYTHON) tools/make_tree.py

venv: ## Make .venv with all that the other targets need
	@$(PYTHON) tools/make_venv.py requirements-demo.txt requirements-dev.txt

lock: ## Write constraints.txt: the newest releases that requirements*.txt allow
	@$(PYTHON) tools/make_venv.py --lock

clean: ## Remove what these targets made
	rm -rf .build .venv
