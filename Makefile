# One command for each thing; the same ones in CI (.ci/run). Everything runs in .venv, which `setup` makes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
RIVALS := $(VENV)/rivals-installed

# Compiling the tests anew takes each worker as long as collecting them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup check quick test nightly differential bench bench-validators mutants docs demo

help:
	@echo "make setup    make $(VENV) and install stdconv with everything that development needs"
	@echo "make check    style, types, layers, sizes, generated files"
	@echo "make quick    the tests that take no second and no process of their own (a minute)"
	@echo "make test     all tests (nightly: the same with many more generated examples)"
	@echo "make differential  200,000 schemas against the jsonschema library"
	@echo "make bench    measure, beside what else there is"
	@echo "make bench-validators  measure stdconv validate beside other validators"
	@echo "make mutants  measure what finds wrong mappings and wrong lenses"
	@echo "make docs     write the generated files"
	@echo "make demo     convert, restore and relay the worked example into ./demo"

setup: $(STAMP)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "setup: Python 3.11 or newer is needed; name one with 'make setup PYTHON=/path/to/python3'" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "setup: this Python cannot make environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "setup: making $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "setup: installing stdconv and its development tools into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

check: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/sizes.py
	$(BIN)/python tools/generate.py --check
	$(BIN)/python bench/publish.py --check

# What answers within a minute on two cores; 'test' runs all of it.
quick: $(STAMP)
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not e2e"

test: $(STAMP)
	$(BIN)/pytest -n 2 --dist worksteal

nightly: $(STAMP)
	HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -n 2 --dist worksteal

# 200,000 schemas, each with records of its own: about an hour.
differential: $(STAMP)
	HYPOTHESIS_PROFILE=nightly $(BIN)/pytest tests/standard/test_differential.py tests/standard/test_suite.py

bench: $(RIVALS)
	$(BIN)/python bench/run.py

bench-validators: $(RIVALS)
	$(BIN)/python bench/validators.py

$(RIVALS): bench/requirements.txt $(STAMP)
	@echo "bench: installing what is measured beside stdconv into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# The page says when and with what it was measured; nothing checks that it is up to date.
mutants: $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,mutants]'
	$(BIN)/python tools/mutants.py --write $(VENV)/mutants.md
	$(BIN)/python tools/lens_mutants.py --write $(VENV)/lens_mutants.md
	cat $(VENV)/mutants.md $(VENV)/lens_mutants.md > docs/mutants.md

docs: $(STAMP)
	$(BIN)/python tools/generate.py

# Each line is printed as it runs: these are the commands to try by hand.
demo: $(STAMP)
	@rm -rf demo/A demo/B && mkdir -p demo && rm -f demo/vendor_*
	# Both vendors' exports to the standard record, which is the same for both:
	$(BIN)/stdconv convert examples/vendor_a.csv -m vendor-a/resident-link --lookup households=examples/vendor_a_households.csv -o demo/A
	$(BIN)/stdconv convert examples/vendor_b.csv -m vendor-b/resident-link --lookup names=examples/vendor_b_names.csv -o demo/B
	cmp demo/A/standard.csv examples/standard.csv
	cmp demo/B/standard.csv examples/standard.csv
	# Back again, to the byte:
	$(BIN)/stdconv restore demo/A -o demo/vendor_a.csv
	$(BIN)/stdconv restore demo/B -o demo/vendor_b.csv
	cmp demo/vendor_a.csv examples/vendor_a.csv
	cmp demo/vendor_b.csv examples/vendor_b.csv
	sha256sum examples/vendor_a.csv demo/vendor_a.csv examples/vendor_b.csv demo/vendor_b.csv
	# A社's residents in B社's layout, with the lookup that B社 keeps its names in:
	$(BIN)/stdconv restore demo/A/standard.csv -m vendor-b/resident-link -o demo/vendor_b_from_a.csv
	cmp demo/vendor_b_from_a.csv examples/vendor_b.csv
	cmp demo/vendor_b_from_a.csv.names.csv examples/vendor_b_names.csv
	# The standard record:
	@cat demo/A/standard.csv
	@echo "demo: everything came back to the byte; see demo/A and demo/B"
