# Each target sets up what it needs; the only requirements are make and Python 3.11 or later.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: verify test check diagrams components bench clean

verify: $(VENV)/.installed ## judge the shipped specification and the example service
	$(BIN)/rolecycle verify
	$(BIN)/rolecycle verify docs/examples/fabrikam-orders/ServiceDefinition.csdef

test: $(VENV)/.tested ## run the test suite
	$(BIN)/python -m pytest

check: $(VENV)/.developed ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

diagrams: $(VENV)/.installed ## draw the shipped pictures anew
	rm -rf diagrams
	$(BIN)/rolecycle draw -o diagrams

components: $(VENV)/.installed ## write the pages of the components anew
	rm -rf docs/components
	$(BIN)/python -m rolecycle.component_pages docs/components

bench: $(VENV)/.tested ## print the benchmark figures
	$(BIN)/python benchmarks/bench.py

clean:
	rm -rf $(VENV) dist

$(VENV)/.venv:
	$(PYTHON) -c 'import sys; sys.exit("rolecycle needs Python 3.11 or later" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.tested: pyproject.toml $(VENV)/.venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@ $(VENV)/.installed

$(VENV)/.developed: pyproject.toml $(VENV)/.venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.tested $(VENV)/.installed
