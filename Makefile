# Every verb sets up what it needs by itself. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo web test check fix bench lock openapi docs soak clean
PY := .venv/bin/python

help: ## List the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Install all that building, testing and running need, and do nothing else
	@tools/setup

demo: setup web ## Run a simulated farm and the server on it; launch an emulator with the printed commands
	@.venv/bin/ldfleet demo --launch $(ARGS)

web: setup ## Build the dashboard into the package
	@tools/web build

test: setup ## Run all tests, against real servers too; print each suite's seconds
	@tools/test

check: setup ## Format, lint, types, import contracts
	@tools/check

fix: setup ## Format, and mend what the linter can mend
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

bench: setup ## Measure: make bench NAME=winrm (ends with one line of JSON)
	@test -n "$(NAME)" || { echo "say which: make bench NAME=…, one of: $$(ls bench/*.py | xargs -n1 basename | sed 's/\.py//' | grep -v '^_' | xargs)" >&2; exit 2; }
	@$(PY) bench/$(NAME).py $(ARGS)

openapi: setup ## Write openapi.json anew from the code
	@$(PY) -m ldfleet.api.openapi > openapi.json.new && mv openapi.json.new openapi.json

docs: setup ## Write openapi.json and the pages of docs/reference anew from the code
	@$(PY) -m tools.reference

lock: setup ## Resolve the dependencies anew into requirements/
	@tools/lock

soak: setup ## The longer runs, by hand
	@LDFLEET_SOAK=1 tools/test

clean: ## Remove what was made here
	rm -rf .venv web/node_modules src/ldfleet/api/web .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build
