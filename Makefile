# Each target does all its own set-up in .venv, at the versions of constraints.txt, and needs nothing else of the
# machine than make and Python >= 3.10 with venv. Another interpreter: make PYTHON=python3.12 test
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
DEMO := corpora/demo
BUNDLES := bundles/demo
STARTER := --lexicon starter --paradigms starter --offline
REQUESTS := intent-slots=starter/assistant.eng.conll
# Small enough for two slow cores: some two minutes for each of the two trainings.
SMALL := --tokens 500 --steps 40 --task-steps 240
# `make lock` resolves for each of these that is found.
LOCK_PYTHONS ?= python3.10 python3.11 python3.12 python3.13

.PHONY: help demo test bench lint lock docs clean

help:
	@echo "make demo   from the starter lexicon to Faroese sentences, a model and its score"
	@echo "make test   run all tests (at most 10 minutes)"
	@echo "make lint   ruff, mypy and import-linter"
	@echo "make bench  run the benchmarks"
	@echo "make docs   write docs/cli.md and README's output from the commands themselves"
	@echo "make lock   resolve constraints.txt anew"
	@echo "make clean  remove .venv and caches"

demo: $(VENV)/.demo
	@echo "1. A thousand English sentences into Faroese"
	@$(BIN)/lexexpand synth --lang fao $(STARTER) --force -o $(DEMO)
	@echo "2. Requests to an assistant: English alone, then with their Faroese and an adapter of the language"
	@$(BIN)/lexexpand adapt --lang fao $(STARTER) --task $(REQUESTS) $(SMALL) --objective none --no-synth --no-dictionary --no-halfway -o $(BUNDLES)/zero-shot
	@$(BIN)/lexexpand adapt --lang fao $(STARTER) --task $(REQUESTS) $(SMALL) -o $(BUNDLES)/fao_Latn
	@echo "3. What the bundle makes of Faroese, loaded in a process of its own"
	@printf '%s\n' 'Vek meg klokkan sjey í morgin.' 'Hvussu verður veðrið í Havn í kvøld?' 'Set mjólk á innkeypslistan.' 'Sløkk ljósið í stovuni.' \
	  | $(BIN)/lexexpand predict --bundle $(BUNDLES)/fao_Latn --task intent-slots --offline
	@echo "4. Both on 283 Faroese requests (written for this project, not by a native speaker)"
	@$(BIN)/lexexpand evaluate --bundle $(BUNDLES)/fao_Latn --task intent-slots --data starter/assistant.fao.conll --baseline $(BUNDLES)/zero-shot --offline
	@echo "Faroese is close to what the base model knows; where it is blind, as in North Sami, the difference is large."

test: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m "not bench and not gpu and not network"

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.dev
	$(BIN)/python tests/test_docs.py --update
	$(BIN)/python tests/test_readme.py --update

# The one target that asks the index what is newest.
lock:
	@found=; for python in $(LOCK_PYTHONS); do \
	  if "$$python" -c 'import venv, ensurepip' 2>/dev/null; then found="$$found $$python"; else echo "make lock: $$python left out: not found, or no venv"; fi; \
	done; $(PYTHON) .ci/lock.py $$found

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build $(DEMO)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: set-up is repeated only where the requirements or the lock have changed. The build tools come first
# and locked, so that the editable install needs no build environment of its own.
$(VENV)/.python:
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "make: there is no $(PYTHON). Install Python 3.10 or newer, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	  echo "make: $(PYTHON) is $$("$(PYTHON)" -V 2>&1); lexexpand needs 3.10 or newer. Name another: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "make: $(PYTHON) lacks venv or ensurepip. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "make: setting up $(VENV) (about $(MEGABYTES) MB to download, once)" >&2
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.demo: MEGABYTES = 500
$(VENV)/.demo: $(VENV)/.python pyproject.toml constraints.txt
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation -e '.[adapt]'
	@touch $@

$(VENV)/.dev: MEGABYTES = 550
$(VENV)/.dev: $(VENV)/.python pyproject.toml constraints.txt
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation -e '.[dev,adapt]'
	@touch $@ $(VENV)/.demo
