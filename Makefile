# `make run` starts Footnote, `make test` checks it; both keep their environment in .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
VALIDATOR := vnu-jar@26.9.27


.PHONY: run test test-slow format picture bench
.DEFAULT_GOAL := run

run: .venv/installed
	@$(BIN)/footnote run

test: .venv/tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

test-slow: .venv/tools .venv/validator
	$(BIN)/pytest -m slow

format: .venv/tools
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

picture: .venv/tools
	$(BIN)/python docs/answer.py
	$(BIN)/python docs/stories.py
	$(BIN)/python docs/pages.py

bench: .venv-bench/installed
	.venv-bench/bin/python benchmarks/quality.py
	.venv-bench/bin/python benchmarks/quality.py --passages 10000
	.venv-bench/bin/python benchmarks/filling.py
	.venv-bench/bin/python benchmarks/growth.py
	.venv-bench/bin/python benchmarks/refreshing.py
	.venv-bench/bin/python benchmarks/pages.py
	.venv-bench/bin/python benchmarks/copies.py
	.venv-bench/bin/python benchmarks/stories.py
	.venv-bench/bin/python benchmarks/novelty.py
	.venv-bench/bin/python benchmarks/replay.py
	.venv-bench/bin/python benchmarks/first_answer.py
	.venv-bench/bin/python benchmarks/adversary.py
	.venv-bench/bin/python benchmarks/claims.py
	.venv-bench/bin/python benchmarks/hostile.py

.venv-bench/installed: pyproject.toml constraints.txt benchmarks/requirements.txt
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/pip --disable-pip-version-check --quiet install --constraint constraints.txt \
		--editable . --requirement benchmarks/requirements.txt
	@touch $@

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Footnote needs Python 3.11 or newer: make PYTHON=python3.12")'
	@echo "Preparing an environment in .venv (once, a minute or two)…" >&2
	@$(PYTHON) -m venv .venv
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

# Without npm the tests of the pages say what they could not check.
.venv/validator: .venv/installed
	@mkdir -p $@
	@npm install --prefix $@ --no-save --silent --ignore-scripts $(VALIDATOR) || \
		echo "The HTML validator could not be installed: it comes by npm." >&2

.venv/tools: .venv/installed
	@echo "Adding the tools that check Footnote…" >&2
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@
