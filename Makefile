# Everything starts here: `make up` runs the product, `make test` proves it. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
PORT ?= 8600
DATA ?= .ankuan
BENCH ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
NPM := npm --prefix frontend --no-audit --no-fund --loglevel=error
NEED := $(PYTHON) backend/ankuan/cli/prerequisites.py

PLUGINS := $(sort $(dir $(wildcard plugins/*/pyproject.toml)))
PACKAGES := pyproject.toml $(wildcard plugins/*/pyproject.toml)
PAGES := $(shell find frontend/src frontend/public frontend/scripts frontend/index.html frontend/vite.config.ts \
	frontend/tsconfig.json -type f 2>/dev/null)
FONTS := backend/ankuan/assets/fonts/NotoSansSC-Regular.ttf backend/ankuan/assets/fonts/NotoSansSC-Bold.ttf

.PHONY: help setup setup-dev up down status test check bench schema docs lock clean

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .make/runtime frontend/dist/index.html $(FONTS) ## Install what running needs and build the pages
setup-dev: setup .make/dev .make/browser

up: setup ## Start everything; PORT=8600 DATA=.ankuan
	@exec $(BIN)/ankuan up --port $(PORT) --data $(DATA)

down: ## Stop what `make up` started
	@$(BIN)/ankuan down --data $(DATA)

status: ## Tell what runs
	@$(BIN)/ankuan status --data $(DATA)

# The browser's tests come before pytest, so that pytest's count closes the output; both run even if one fails.
test: setup-dev ## Run all tests
	@failed=0; $(NPM) test || failed=1; $(BIN)/pytest || failed=1; exit $$failed

check: setup .make/dev ## Style, types, layers, tidiness, schema
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy backend/ankuan tests alembic
	@for plugin in $(PLUGINS); do echo "mypy $$plugin"; $(BIN)/mypy $$plugin; done
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/tidy
	$(BIN)/ankuan schema export --check
	$(NPM) run typecheck
	$(NPM) run lint

bench: setup .make/dev ## Run the benchmarks; BENCH=name runs one
	@$(BIN)/python -m tests.bench $(BENCH)

schema: setup ## Write schema/ and the frontend's generated types
	$(BIN)/ankuan schema export
	$(NPM) run codegen

docs: setup ## Write the generated pages of docs/
	$(BIN)/python -m ankuan.cli.reference docs/reference

lock: ## Compile requirements/*.txt again (needs uv)
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" pyproject.toml requirements/runtime.in -o requirements/runtime.txt
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" pyproject.toml requirements/runtime.in requirements/dev.in \
		-c requirements/runtime.txt -o requirements/dev.txt

clean: ## Remove everything that was installed or built, but no data
	rm -rf .venv .make frontend/node_modules frontend/dist backend/ankuan/assets/fonts/*.ttf

# ---------------------------------------------------------------- steps, each done once

# The folder may have been moved since: scripts of a virtual environment name their Python by its path.
.venv/bin/python:
	@$(NEED) python
	@echo "creating .venv"
	@$(PYTHON) -m venv .venv

.make/runtime: requirements/runtime.txt $(PACKAGES) | .venv/bin/python
	@echo "installing Python packages"
	@$(PIP) install --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation -e . $(foreach plugin,$(PLUGINS),-e $(plugin))
	@mkdir -p .make && touch $@

.make/dev: requirements/dev.txt .make/runtime
	@echo "installing Python packages for development"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

.make/node: frontend/package-lock.json
	@$(NEED) node
	@echo "installing Node packages"
	@$(NPM) ci
	@mkdir -p .make && touch $@

frontend/dist/index.html: $(PAGES) .make/node
	@echo "building the pages"
	@$(NPM) run --silent build >.make/build.log 2>&1 || { cat .make/build.log; exit 1; }
	@touch $@

backend/ankuan/assets/fonts/NotoSansSC-Regular.ttf: .make/node
	@mkdir -p $(@D) && cp frontend/node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf $@
backend/ankuan/assets/fonts/NotoSansSC-Bold.ttf: .make/node
	@mkdir -p $(@D) && cp frontend/node_modules/@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf $@

.make/browser: .make/dev
	@$(BIN)/python -m tests.fixtures.chromium
	@touch $@
