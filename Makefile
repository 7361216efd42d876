# `make demo` and `make test` need Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FIXTURE ?= meridian-pay
T ?=
JOBS ?= $(if $(T),0,auto)

.DEFAULT_GOAL := help
.PHONY: help demo test lint types imports unit docs bench lab fixtures permissions clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## */\t/' | awk -F'\t' '{ printf "  make %-10s%s\n", $$1, $$2 }'

demo: $(VENV)/demo  ## triage of a recorded incident, in an environment of its own
	@$(BIN)/eksdoctor triage --from fixtures/$(FIXTURE).eksdoctor.tar.gz --no-keep

test: $(if $(T),unit,lint types imports docs unit)  ## everything a change must pass; a part: T=tests/model or T='-k words'

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
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(T)

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

# `python3 -m venv` leaves a folder with a python and without pip where the distribution packs ensurepip apart.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "eksdoctor needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@if [ -e $(VENV) ]; then echo "Removing $(VENV): it has no pip, so an earlier attempt to make it failed." >&2; rm -rf $(VENV); fi
	@echo "Making a Python environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make an environment; $(VENV) is removed." >&2; \
	  echo "On Debian and Ubuntu: apt install python3-venv, then run make again." >&2; exit 1; }

$(VENV)/demo: pyproject.toml | $(BIN)/pip
	@echo "Installing eksdoctor and its libraries into $(VENV), once; this takes a minute …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/test: pyproject.toml | $(BIN)/pip
	@echo "Installing eksdoctor and what its tests need into $(VENV); this takes some minutes …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@ $(VENV)/demo
