# Each target sets up what it needs; the only requirements are make and Python 3.11 or later.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-bench

.PHONY: verify test test-fast nightly check diagrams components reference docs bench bench-quick bench-scaling performance clean

verify: $(VENV)/.installed ## judge the shipped specification and the example service
	$(BIN)/rolecycle verify
	$(BIN)/rolecycle verify docs/examples/fabrikam-orders/ServiceDefinition.csdef

test: $(VENV)/.tested ## run all tests on all cores; a file stays in one process, so that what its tests share is made once
	$(BIN)/python -m pytest -n auto --dist loadfile

test-fast: $(VENV)/.tested ## run the tests that are not marked slow
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow"

nightly: $(VENV)/.tested ## compare with the independent reference checker for an hour, and a million steps of live systems
	$(BIN)/python -m tests.reference --seed $$(date +%s) --minutes 30
	$(BIN)/python -m tests.reference --seed $$(date +%s) --minutes 30 --timed
	$(BIN)/python -m tests.simulation.long --seed $$(date +%s) --steps 1000000

check: $(VENV)/.developed ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

diagrams: $(VENV)/.installed ## draw the shipped pictures anew
	rm -rf diagrams
	$(BIN)/rolecycle draw -o diagrams

components: $(VENV)/.installed ## write the pages of the components anew
	rm -rf docs/components
	$(BIN)/python -m rolecycle.commands.component_pages docs/components

reference: $(VENV)/.installed ## write the pages of the reference that follow from the code
	$(BIN)/python -m rolecycle.reference_pages docs/reference

docs: $(VENV)/.documented ## build the documentation site in site/; a broken link is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(VENV)/.installed $(PEERS)/.installed ## compare with other tools; more with apt-get install spin gcc default-jre-headless
	$(BIN)/python benchmarks/bench.py

bench-quick: $(VENV)/.installed $(PEERS)/.installed ## the same with few instances and little time
	$(BIN)/python benchmarks/bench.py --quick

bench-scaling: $(VENV)/.installed ## print how time and memory grow
	$(BIN)/python benchmarks/bench.py --scaling

performance: $(VENV)/.installed $(PEERS)/.installed ## measure everything and write the figures into the page
	$(BIN)/python benchmarks/page.py

clean:
	rm -rf $(VENV) $(PEERS) dist

$(PEERS)/.installed: benchmarks/peers.txt
	$(PYTHON) -m venv $(PEERS)
	-$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r $< && touch $@

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

$(VENV)/.documented: pyproject.toml $(VENV)/.venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	@touch $@ $(VENV)/.installed

$(VENV)/.developed: pyproject.toml $(VENV)/.venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.tested $(VENV)/.installed
