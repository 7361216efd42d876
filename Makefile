# `make demo` and `make test` need Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FIXTURE ?= meridian-pay
JOBS ?= auto

.DEFAULT_GOAL := help
.PHONY: help demo test lint types imports unit docs bench lab fixtures permissions clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: $(VENV)/demo  ## triage of a recorded incident, in an environment of its own
	@$(BIN)/eksdoctor triage --from fixtures/$(FIXTURE).eksdoctor.tar.gz --no-keep

test: lint types imports docs unit  ## everything a change must pass

lint: $(VENV)/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/test
	$(BIN)/mypy

imports: $(VENV)/test
	$(BIN)/lint-imports

docs: $(VENV)/test
	$(BIN)/eksdoctor rules test
	$(BIN)/eksdoctor rules docs --check

unit: $(VENV)/test
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m pytest -n $(JOBS)

bench: $(VENV)/test  ## ratios measured in one run; never asserted in a test
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m tests.bench

lab: $(VENV)/test  ## a cluster and an account on two local ports, from a fixture: make lab FIXTURE=ceiling
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m tests.lab $(FIXTURE)

fixtures: $(VENV)/test  ## write the fixtures anew with the simulator
	$(BIN)/python -m tests.simulator

permissions: $(VENV)/test  ## write deploy/ anew from the declared actions
	$(BIN)/python -m tests.collect.deploy_files

clean:  ## remove what make made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "eksdoctor needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@ $(VENV)/demo
