# Two commands on a fresh machine: `make run` opens the dashboard, `make test` runs the tests.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run install test slow check format sample tree pictures

run: .venv/ready
	$(BIN)/python -m sft_core.web

install: .venv/ready

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/ready: requirements.txt constraints.txt pyproject.toml | .venv/bin/python
	@echo "Installing into .venv: some minutes the first time, nothing to do meanwhile."
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

.venv/ready-dev: requirements-dev.txt .venv/ready
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@

# Three for two cores: browsers, killed processes and disks are waited for a third of the time.
# Compiled modules are kept: the tests start some hundred processes, each of which would compile them anew.
test: .venv/ready-dev
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations 15

slow: .venv/ready-dev
	$(BIN)/python -m pytest -m slow --timeout 3600

check: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/lint-imports

format: .venv/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

sample: .venv/ready
	$(BIN)/python -m sft_core.data.sample.generate

tree: .venv/bin/python
	$(BIN)/python docs/tree.py

pictures: .venv/ready-dev
	$(BIN)/python docs/make_pictures.py
