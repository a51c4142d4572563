# Everything a newcomer runs. Needs on the machine: Python 3.11 to 3.13 (with venv), make, and a package registry.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN  := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))' 2>/dev/null; then echo $$p; break; fi; done)

# No dependency of this product may phone home (docs/decisions/0006-no-call-home.md).
export DAGSTER_DISABLE_TELEMETRY := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false

.PHONY: help env install demo test lint types format canonical exposures dev broken-exports bench fuzz soak docs lock clean

# $(call install_locked,FILE): .venv as FILE says, and this checkout. --no-deps: the set is closed (docs/decisions/0002-versions.md).
define install_locked
@test -n "$(PYTHON)" || { echo "Funnelcast needs Python 3.11, 3.12 or 3.13 on the PATH (or: make PYTHON=/path/to/python3.12)"; exit 2; }
@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
@echo "Installing $(1) into $(VENV) (first time: a minute or two) ..."
@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(1)
@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endef

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

env: $(STAMP)  ## the environment (.venv) for demo, tests and work on the code, from the hash-locked set

$(STAMP): requirements-dev.lock pyproject.toml
	$(call install_locked,requirements-dev.lock)
	@touch $(STAMP)

install:  ## the environment (.venv) for production: what a run needs and nothing else
	$(call install_locked,requirements.lock)

demo: $(STAMP)  ## a simulated company through the whole pipeline into demo_home/
	@$(BIN)/funnelcast demo

test: $(STAMP) lint types  ## lint, types, SQL style and every test
	@$(BIN)/python -m pytest

lint: $(STAMP)  ## ruff, import arrows, SQL style, spelling, words
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/sqlfmt --check --quiet dbt_project
	@git ls-files -z | xargs -0 $(BIN)/codespell
	@$(BIN)/python tests/lint/vocabulary.py

types: $(STAMP)  ## mypy
	@$(BIN)/mypy

format: $(STAMP)  ## rewrite Python and SQL in the house style
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .
	@$(BIN)/sqlfmt dbt_project

canonical: $(STAMP)  ## docs/canonical.md, its JSON Schema and dbt's YAML, from vars.canonical_tables
	@$(BIN)/python -m ingestion.canonical.documents

exposures: $(STAMP)  ## dbt_project/models/exposures.yml, from the editions and questions and what their queries read
	@$(BIN)/python -m tests.contracts.test_exposures

dev: $(STAMP)  ## Dagster's UI on 127.0.0.1:3000 over demo_home (or FUNNELCAST_HOME)
	@$(BIN)/funnelcast dev

broken-exports: $(STAMP)  ## CASES (50) broken exports through the whole pipeline: nothing lost, nothing invented
	@FUNNELCAST_CASES=$(or $(CASES),50) $(BIN)/python -m pytest -n 0 -q tests/faults/test_broken_exports.py

bench: $(STAMP)  ## speed and memory, beside the peers' published figures
	@$(BIN)/python -m benchmarks

FUZZ_CASES ?= 1000
FUZZ_SEED ?= 1

fuzz: $(STAMP)  ## 1,000 hostile configurations, arguments, files and requests (FUZZ_CASES, FUZZ_SEED): no traceback, no bug
	@$(BIN)/python -m tests.fuzz --cases $(FUZZ_CASES) --seed $(FUZZ_SEED)

soak: $(STAMP)  ## disturb a home at random for MINUTES=30 and see that it always comes back (SEED=... repeats one)
	@$(BIN)/python -m tests.support.soak --minutes $(or $(MINUTES),30) $(if $(SEED),--seed $(SEED))

docs: $(STAMP)  ## dbt's documentation with lineage as one page that needs no network, over demo_home (or FUNNELCAST_HOME)
	@FUNNELCAST_HOME="$(abspath $(or $(FUNNELCAST_HOME),demo_home))" $(BIN)/dbt docs generate --static --quiet --project-dir dbt_project \
		--profiles-dir dbt_project --target-path "$(abspath $(or $(FUNNELCAST_HOME),demo_home))/dbt_docs"
	@echo "$(or $(FUNNELCAST_HOME),demo_home)/dbt_docs/static_index.html"

UV_COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

lock:  ## recompile both locks (needs uv); versions stay unless UV_COMPILE gets --upgrade
	@$(UV_COMPILE) --all-extras --output-file requirements-dev.lock
	@$(UV_COMPILE) --constraints requirements-dev.lock --output-file requirements.lock

clean:  ## remove what is generated
	@rm -rf demo_home dbt_project/target dbt_project/logs .pytest_cache .ruff_cache .mypy_cache
