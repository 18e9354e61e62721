# `make demo` shows the platform, `make test` proves it; both set up what they need.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?=
# Tests run side by side: pools of threads in each of them would only wait for each other. A model that is fitted
# alone takes all cores.
test test-night test-deep explore: export OPENBLAS_NUM_THREADS ?= 1
# Bytecode is kept whatever the shell says: without it every start compiles two thousand modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup deep browser lock demo test test-night test-deep explore check format bench crosscheck rivals tune-rival clean

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON) .ci/python_version.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the pinned dependencies into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -oE '^uv==[0-9.]+' requirements.lock)"
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

setup: $(VENV)/installed  ## the environment alone

deep: setup  ## torch and a sentence model, for the models that learn with them
	@UV_FIND_LINKS="$$PIP_FIND_LINKS" $(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-deep.txt

browser:  # the browser tests drive a Chromium; Debian's is installed where none is found
	@.ci/browser

lock:  ## write requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make lock" --quiet --output-file requirements.lock

demo: setup  ## the demo world (or DATA=<folder>) from events to a page in the browser
	@$(BIN)/recsys demo $(if $(DATA),--data $(DATA))

test: setup browser  ## the whole suite, a quarter of an hour
	@$(BIN)/pytest -n 2 -m "not night"

test-night: setup browser  ## what takes longer
	@$(BIN)/pytest -n 2 --dist loadgroup -m night

test-deep: deep  ## the tests of these models
	@$(BIN)/pytest -n 2 tests/recsys/test_sentences.py tests/recsys/algorithms/test_sequence.py \
		tests/recsys/test_algorithm_laws.py -k "sequence or sentence"

explore: setup browser  ## the properties in the tests with new and many examples: run before a release
	@$(BIN)/pytest -n 2 --hypothesis-profile=explore $$(grep -rlE "^from hypothesis import" tests --include="test_*.py")

check: setup  ## format, lint, types, import directions
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: setup  ## put the code into its form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: setup  ## all benchmarks on the data sets below DATA, and docs/benchmarks.md
	@$(BIN)/recsys benchmark all $(if $(DATA),--data-root $(DATA))
	@$(BIN)/recsys benchmark ingest --json data/benchmarks/ingest.json

LISTS := data/benchmarks/crosscheck
crosscheck: setup  ## three lists judged by others' metrics, in an environment of its own
	@test -x $(VENV)/crosscheck/bin/python || $(BIN)/uv venv --quiet --python $(BIN)/python $(VENV)/crosscheck
	@$(BIN)/uv pip install --quiet --python $(VENV)/crosscheck/bin/python -r tests/crosscheck/requirements.txt
	@mkdir -p $(LISTS)
	@for run in leave-last-out:ml-1m ncf:ml-1m-ncf strong-generalisation:ml-1m; do \
		name=$${run%%:*}; $(BIN)/recsys benchmark $$name --data $(or $(DATA),../shared/data)/$${run##*:} \
			--part validation --models popularity,item-knn --lists $(LISTS)/$$name.parquet --json $(LISTS)/$$name.json || exit; \
	done
	@$(VENV)/crosscheck/bin/python tests/crosscheck/judge.py \
		$(foreach name,leave-last-out ncf strong-generalisation,$(LISTS)/$(name).parquet $(LISTS)/$(name).json)

RIVALS := data/benchmarks/rivals
LIBRARIES := implicit lightfm rectools lenskit
ML_1M = $(or $(DATA),../shared/data)/ml-1m
# Each a protocol with its options, by the name that `recsys benchmark all` gives its answer.
leave-last-out-ml-1m := leave-last-out
strong-generalisation-ml-1m := strong-generalisation
strong-generalisation-ml-1m-fold-in-random := strong-generalisation --fold-in random
POSED := leave-last-out-ml-1m strong-generalisation-ml-1m strong-generalisation-ml-1m-fold-in-random

.PHONY: environments $(POSED:%=rivals-%)
environments: setup
	@for library in $(LIBRARIES); do \
		home=$(VENV)/rivals/$$library; \
		test -x $$home/bin/python || $(BIN)/uv venv --quiet --python $(BIN)/python $$home || exit; \
		UV_FIND_LINKS="$$PIP_FIND_LINKS" $(BIN)/uv pip install --quiet --python $$home/bin/python -r tests/rivals/$$library.txt || exit; \
	done

rivals: $(POSED:%=rivals-%)  ## what one would pick instead, each library in an environment of its own, beside our models
	@$(BIN)/recsys benchmark all --only leave-last-out,strong-generalisation $(if $(DATA),--data-root $(DATA))

$(POSED:%=rivals-%): rivals-%: environments
	@$(BIN)/recsys benchmark $($*) --data $(ML_1M) --export $(RIVALS)/$*/question
	@for library in $(LIBRARIES); do \
		$(VENV)/rivals/$$library/bin/python -m tests.rivals.answer $(RIVALS)/$*/question $(RIVALS)/$*/answers $$library || exit; \
	done

tune-rival: environments  ## the settings of RIVAL=implicit-als of LIBRARY=implicit, chosen on validation parts
	@$(foreach name,$(POSED),$(BIN)/recsys benchmark $($(name)) --data $(ML_1M) --part validation --export $(RIVALS)/$(name)/validation && \
		$(VENV)/rivals/$(LIBRARY)/bin/python -m tests.rivals.tune $(RIVALS)/$(name)/validation $(RIVAL) || exit;)

clean:  ## remove everything generated, the environment too
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
	git clean -fdXq data models
