# What to type: `make demo` to see it, `make test` to prove it, `make check` before handing a change in.
# The environment is .venv, built from requirements.lock; it needs Python 3.11 or newer (make demo PYTHON=python3.12) and nothing else.

PYTHON ?= python3
BIN := .venv/bin
PLUGINS := $(wildcard plugins/*/pyproject.toml)
# pytest's workers; every test file is handed out whole or in part to whoever is free.
WORKERS ?= auto
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help .venv test faults demo lint types imports messages docs site wheels reference check bench bench-check bench-peers bench-lock lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[.a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv: .venv/.project  ## the environment, from the lock

# An environment without this file was not built by us, or only in part: it is laid anew.
.venv/.lock: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "careflow needs Python 3.11 or newer, and $(PYTHON) is %d.%d: name another, make $(MAKECMDGOALS) PYTHON=python3.12" % sys.version_info[:2])'
	rm -rf .venv
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo 'No environment could be made: Python comes without venv or pip here (on Debian and Ubuntu: apt-get install python3-venv).' >&2; exit 1; }
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@touch $@

.venv/.project: .venv/.lock pyproject.toml $(PLUGINS)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable . $(patsubst %/pyproject.toml,--editable ./%,$(PLUGINS))
	@touch $@

test: .venv/.project  ## the tests, on SQLite, and on PostgreSQL where its programs are found
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 --dist worksteal $(ARGS)

faults: .venv/.project  ## what befalls an office, the whole of it: some 500 killed processes and more, two hours
	CARE_FAULT_RUNS=500 $(BIN)/python -m pytest tests/faults -n $(WORKERS) --maxprocesses 8 --dist worksteal $(ARGS)

demo: .venv/.project  ## a training office plays ten weeks of a township
	@$(BIN)/python -m careflow_cli.demo $(ARGS)

lint: .venv/.project  ## ruff
	$(BIN)/ruff check .

types: .venv/.project  ## mypy --strict
	$(BIN)/mypy

imports: .venv/.project  ## who may import what
	$(BIN)/lint-imports --no-cache --no-logo

messages: .venv/.project  ## the catalogues of texts are complete and compiled
	$(BIN)/python tools/messages.py check

# The pages whose commands are run from top to bottom; docs/zh and README.zh_CN.md in Chinese.
RUN := README.md docs/tutorial-staff.md docs/tutorial-admin.md docs/howto-staff.md docs/howto-admin.md docs/howto-author.md \
  README.zh_CN.md docs/zh/tutorial-staff.md docs/zh/tutorial-admin.md

docs: .venv/.project  ## docs/reference is what the code says; the site; the commands of README and the tutorials, run, and their output compared
	$(BIN)/python tools/reference.py check
	$(BIN)/python tools/site.py
	@for page in $(RUN); do $(BIN)/python tools/run_readme.py $$page || exit 1; done

site: .venv/.project  ## the documentation as a site, in build/site
	$(BIN)/python tools/site.py

wheels: .venv/.project  ## the wheels of careflow and of its programs, in build/wheels
	@for project in . $(patsubst %/pyproject.toml,%,$(PLUGINS)); do (cd $$project && $(CURDIR)/$(BIN)/python -m hatchling build -t wheel -d $(CURDIR)/build/wheels) || exit 1; done

reference: .venv/.project  ## docs/reference, made anew from the code
	$(BIN)/python tools/reference.py write

check: lint types imports test messages docs  ## all of them

bench: .venv/.project  ## the measurements, into docs/benchmarks.md (ARGS="advance scale" for some, on the screen only)
	$(BIN)/python -m benchmarks $(ARGS)

bench-check: .venv/.project  ## the same; fails on a ratio that is not met, and writes nothing
	$(BIN)/python -m benchmarks --check $(ARGS)

bench-peers:  ## the libraries that careflow is measured beside, in build/peers
	rm -rf build/peers
	$(PYTHON) -m venv build/peers
	build/peers/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r benchmarks/requirements.txt

bench-lock:  ## benchmarks/requirements.txt from requirements.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command 'make bench-lock' $(UPGRADE) --output-file benchmarks/requirements.txt benchmarks/requirements.in

# Needs an environment, but not a fresh one: the lock that is rewritten is the one .venv would wait for.
lock:  ## requirements.lock from pyproject.toml (UPGRADE=--upgrade for newer versions)
	@test -x $(BIN)/uv || $(MAKE) .venv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras --group dev --group programs \
	  --custom-compile-command 'make lock' $(UPGRADE) --output-file requirements.lock pyproject.toml

clean:  ## throws away what can be made again, .venv too
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
