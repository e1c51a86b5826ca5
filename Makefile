# Doorstep: what people type. `make help` prints the comment beside each target.

SHELL := /bin/sh
BIN := .venv/bin
LOCK := deploy/requirements-dev.txt
PORT ?= 8000
SPEED ?= 60
ONLY ?=
ARGS ?=
# three test processes, also on two cores: they often wait for a browser or a server
WORKERS ?= 3
# the longer rounds of faults are left to `make check`
MARKS ?= not rounds

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint check bench faults lock

help: ## print this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: ## .venv with everything the lock file names; does nothing when nothing changed
	@sh deploy/setup.sh

demo: setup ## the whole product on this computer, a day in minutes (PORT=8000 SPEED=60)
	@exec $(BIN)/doorstep demo --port $(PORT) --speed $(SPEED)

test: setup ## every test, with real PostgreSQL, Valkey and a browser (ARGS="-k words" for some)
	@$(BIN)/python -m tests.servers.chromium
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 --dist worksteal -m "$(MARKS)" $(ARGS)

lint: setup ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check: lint ## lint, then every test, longer rounds and both databases for each
	@$(MAKE) --no-print-directory test MARKS= ENGINES=both

bench: setup ## the benchmarks, each beside its own ceiling (ONLY=name for one)
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY))

faults: setup ## the long fault runs, counted (ONLY=name for one)
	@$(BIN)/python -m tests.faults $(if $(ONLY),--only $(ONLY))

lock: setup ## renew the lock files from pyproject.toml
	$(BIN)/uv pip compile $(LOCKING) pyproject.toml -o deploy/requirements.txt
	$(BIN)/uv pip compile $(LOCKING) --extra dev pyproject.toml -o $(LOCK)

LOCKING := --quiet --upgrade --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock"
