# Everything starts here: `make up` runs the product, `make test` proves it. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Python and Node packages come side by side.
MAKEFLAGS += --no-builtin-rules --jobs=2

PYTHON ?= python3
PORT ?= 8600
DATA ?= .ankuan
BENCH ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
NPM := npm --prefix frontend --no-audit --no-fund --no-update-notifier --loglevel=error
NEED := $(PYTHON) backend/ankuan/cli/prerequisites.py

PLUGINS := $(sort $(dir $(wildcard plugins/*/pyproject.toml)))
PACKAGES := pyproject.toml $(wildcard plugins/*/pyproject.toml)
PAGES := $(shell find frontend/src frontend/public frontend/scripts frontend/index.html frontend/vite.config.ts \
	frontend/tsconfig.json -type f 2>/dev/null)
# The marks of steps done name this folder: an environment that was moved with the checkout is mended.
RUNTIME := .venv/runtime-of$(subst /,-,$(CURDIR))
DEVELOPMENT := .venv/development-of$(subst /,-,$(CURDIR))
NODE := frontend/node_modules/.package-lock.json
FONTS := backend/ankuan/assets/fonts/NotoSansSC-Regular.ttf backend/ankuan/assets/fonts/NotoSansSC-Bold.ttf

.PHONY: help setup setup-dev browser up down status test check bench schema docs lock clean

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(RUNTIME) frontend/dist/index.html $(FONTS) ## Install what running needs and build the pages
setup-dev: setup $(DEVELOPMENT) browser

up: setup ## Start everything; PORT=8600 DATA=.ankuan
	@exec $(BIN)/ankuan up --port $(PORT) --data $(DATA)

down: ## Stop what `make up` started
	@$(BIN)/ankuan down --data $(DATA)

status: ## Tell what runs
	@$(BIN)/ankuan status --data $(DATA)

# The frontend's tests come before pytest, so that pytest's count closes the output; both run even if one fails.
# A process for each core, each with its own PostgreSQL and Valkey; a file's tests stay together.
test: setup-dev ## Run all tests
	@failed=0; $(NPM) test || failed=1; $(BIN)/python -m pytest --numprocesses=logical --maxprocesses=8 --dist=loadfile || failed=1; exit $$failed

check: setup $(DEVELOPMENT) ## Style, types, layers, tidiness, schema
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m mypy backend/ankuan tests alembic
	@for plugin in $(PLUGINS); do echo "mypy $$plugin"; $(BIN)/python -m mypy $$plugin; done
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/tidy
	$(BIN)/ankuan schema export --check
	$(NPM) run typecheck
	$(NPM) run lint

bench: setup $(DEVELOPMENT) ## Run the benchmarks; BENCH=name runs one
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
	rm -rf .venv frontend/node_modules frontend/dist backend/ankuan/assets/fonts/*.ttf

# ---------------------------------------------------------------- steps, each done once

.venv/bin/python:
	@$(NEED) python
	@echo "creating .venv"
	@$(PYTHON) -m venv .venv

$(RUNTIME): requirements/runtime.txt $(PACKAGES) | .venv/bin/python
	@echo "installing Python packages"
	@$(PIP) install --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation -e . $(foreach plugin,$(PLUGINS),-e $(plugin))
	@touch $@

$(DEVELOPMENT): requirements/dev.txt $(RUNTIME)
	@echo "installing Python packages for development"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(NODE): frontend/package-lock.json
	@$(NEED) node
	@echo "installing Node packages"
	@$(NPM) ci
	@touch $@

frontend/dist/index.html: $(PAGES) $(NODE)
	@echo "building the pages"
	@$(NPM) run --silent build >frontend/node_modules/.build.log 2>&1 || { cat frontend/node_modules/.build.log; exit 1; }
	@touch $@

backend/ankuan/assets/fonts/NotoSansSC-Regular.ttf: $(NODE)
	@mkdir -p $(@D) && cp frontend/node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf $@
backend/ankuan/assets/fonts/NotoSansSC-Bold.ttf: $(NODE)
	@mkdir -p $(@D) && cp frontend/node_modules/@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf $@

browser: $(DEVELOPMENT)
	@$(BIN)/python -m tests.fixtures.chromium
