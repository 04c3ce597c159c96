# Needs GNU make and Python 3.11 or later (with venv); everything else is installed into .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
BUILD ?= build

DEMO := examples/kpu-kalteng/ops.yaml
DEMO_ROSTER := $(BUILD)/kpu.csv
DEMO_TIME ?= 60s

.PHONY: demo test bench words docs dist clean

# A roster for the example operation. Its plenary is deliberately short of people, so solve ends with 1: gaps were found.
demo: $(VENV)/.installed
	@mkdir -p $(BUILD)
	@$(BIN)/patrolplan solve $(DEMO) --time-limit $(DEMO_TIME) -o $(DEMO_ROSTER) || test $$? -eq 1
	@$(BIN)/patrolplan show $(DEMO) $(DEMO_ROSTER) --by cover
	@$(BIN)/patrolplan show $(DEMO) $(DEMO_ROSTER) --by day --date 2024-11-27

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict patrolplan
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 -q

# The documentation as a site and as a manual page, below $(BUILD)/docs.
docs: $(VENV)/.installed-dev
	$(BIN)/sphinx-build -q -W --keep-going -b html docs $(BUILD)/docs/html
	$(BIN)/sphinx-build -q -W --keep-going -b man docs $(BUILD)/docs/man

# Wheel and source archive, and whether each of them works where nothing else is.
dist: $(VENV)/.installed-dev
	rm -rf $(BUILD)/dist $(BUILD)/fresh
	$(BIN)/python -m build --quiet --outdir $(BUILD)/dist .
	$(PYTHON) -m venv $(BUILD)/fresh
	$(BUILD)/fresh/bin/python -m pip install --quiet --disable-pip-version-check $(BUILD)/dist/*.whl
	cd $(BUILD)/fresh && bin/patrolplan --version && bin/patrolplan init first && \
		bin/patrolplan solve first/ops.yaml -o first/roster.csv --time-limit 5s --quiet && \
		bin/patrolplan check first/ops.yaml first/roster.csv
	$(BUILD)/fresh/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall $(BUILD)/dist/*.tar.gz
	$(BUILD)/fresh/bin/patrolplan check $(BUILD)/fresh/first/ops.yaml $(BUILD)/fresh/first/roster.csv

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks commands --baseline benchmarks/results/commands.json

# Take new words of the source into the catalogues of other languages; lists what is not translated yet.
words: $(VENV)/.installed-dev
	$(BIN)/python -m translation update

clean:
	rm -rf $(VENV) $(BUILD) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed
