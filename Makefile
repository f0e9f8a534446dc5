# Everything a newcomer needs: `make demo` and `make test` do their own set-up.
# Wants python3.11 and make; Debian packages are installed where we may, else the command is printed.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
ARGS ?=
SMOKE ?=

VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes
WITH_POSTGRES := $(RUN) deploy/setup/postgres.py
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url $(ARGS) pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench search messages lock clean venv

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.base ## Load the demonstration and serve it on 127.0.0.1 (PORT=8000)
	RASOAT_DEMO=true RASOAT_DEBUG=true $(RUN) -u manage.py demo --serve --port $(PORT)

test: $(VENV)/.dev ## Run the suite on SQLite and PostgreSQL (ARGS="-k posting")
	@$(WITH_POSTGRES) $(RUN) tests/run.py $(ARGS)

lint: $(VENV)/.dev ## Check format, types, import arrows, templates, migrations and settings
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" bash deploy/setup/lint.sh

bench: $(VENV)/.dev ## Measure the set path and the verifier (SMOKE=1: small and quick)
	@$(WITH_POSTGRES) $(RUN) -m bench $(if $(SMOKE),--smoke) $(ARGS)
	@$(RUN) -m bench.verify $(if $(SMOKE),--smoke)

search: $(VENV)/.base ## Search the procedure packs for anything unlawful or impossible (ARGS=--mutants)
	@$(RUN) -m tests.model $(ARGS)

messages: $(VENV)/.dev ## Collect the sentences to translate and compile the English (needs gettext)
	@sh deploy/setup/debian.sh gettext
	$(RUN) deploy/setup/messages.py

lock: $(VENV)/.dev ## Write requirements/*.txt anew from pyproject.toml (ARGS=--upgrade)
	$(LOCK) --output-file requirements/base.txt
	$(LOCK) --extra dev --constraint requirements/base.txt --output-file requirements/dev.txt

clean: ## Remove what can be made again; var/ with its database stays
	rm -rf $(VENV) artefacts .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv: $(VENV)/.dev ## Make .venv with the locked packages, for work on the code

# The stamps are newer than the lock they installed, so a second run has nothing to do.
$(VENV)/.base: requirements/base.txt
	@PYTHON="$(PYTHON)" sh deploy/setup/debian.sh venv
	@# Without these the site runs and only its PDF papers do not; the command is printed.
	@sh deploy/setup/debian.sh papers || true
	@test -x $(VENV)/bin/pip || "$(PYTHON)" -m venv --clear $(VENV)
	$(PIP) -r requirements/base.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	$(PIP) -r requirements/dev.txt
	@touch $@
