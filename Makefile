# headshot-web: everything by one word. Needs Python 3.11 to 3.14, make and git; uv makes it faster when it is there.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test thorough check bench torture soak test-gateway constraints audit clean
MAKEFLAGS += --no-print-directory

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
PY := $(BIN)/python
GATEWAY := $(subst .venv,.venv-gateway,$(BIN))/python
HASHED := .constraints
ARGS ?=
# Each file of tests stays in one process; the browser's come last (see tests/conftest.py).
ALL_TESTS := -n logical --maxprocesses=4 --dist loadfile --no-loadscope-reorder

# The first of these that is a suitable Python; `make run PYTHON=/some/python3.13` chooses another.
SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
ifndef PYTHON
PYTHON := $(shell for name in python3 python3.13 python3.14 python3.12 python3.11 python py; do \
	"$$name" -c '$(SUITABLE)' >/dev/null 2>&1 && echo "$$name" && break; done)
endif

help:  ## Show this list
	@echo "headshot-web: one selfie becomes professional headshots, on this computer."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-19s %s\n", $$1, $$2 }'
	@echo
	@echo 'Options go in ARGS:  make run ARGS="--port 9000 --no-browser"'
	@echo 'For the tests too:   make test ARGS="tests/test_cli.py -x"'

run: .venv/.run  ## Install what is missing, start the app, open the browser
	@"$(PY)" -m headshot_web $(ARGS)

test: .venv/.test  ## Install what is missing (a browser too), run every test
	@"$(PY)" tests/browser/set_up.py
	@"$(PY)" -m pytest $(if $(ARGS),$(ARGS),$(ALL_TESTS))

thorough: .venv/.test  ## The many more cases, and each page by itself
	@"$(PY)" tests/browser/set_up.py
	@"$(PY)" -m pytest -m thorough $(if $(ARGS),$(ARGS),$(ALL_TESTS))

check: .venv/.test  ## Look at the code: ruff, mypy --strict, import contracts, codespell
	@"$(PY)" -m ruff check .
	@"$(PY)" -m ruff format --check .
	@"$(PY)" -m mypy
	@"$(PY)" -c "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
	@"$(PY)" -m codespell_lib

bench: .venv/.test  ## Measure every figure against its limit
	@"$(PY)" tests/browser/set_up.py
	@"$(PY)" -m tests.bench $(ARGS)

torture: .venv/.test  ## Kill it at a hundred moments and fill its disk: nothing paid is lost
	@"$(PY)" -m tests.torture $(ARGS)

soak: .venv/.test  ## Hundreds of guests at the booth, with faults mixed in: nothing and nobody is left behind
	@"$(PY)" -m tests.soak $(ARGS)

test-gateway: .venv/.test .venv-gateway/.made  ## Draw through a LiteLLM gateway over two servers on this computer
	@GATEWAY_PYTHON="$(GATEWAY)" "$(PY)" -m pytest tests/gateway/drawing.py $(ARGS)

constraints: .venv/.renew  ## Choose the newest versions of all dependencies anew, with hashes
	@"$(PY)" .constraints/renew.py

audit: .venv/.renew  ## Look for known weaknesses in the dependencies
	@"$(PY)" .constraints/audit.py

clean:  ## Remove the environment and everything made by the tools; never a photo
	rm -rf .venv .venv-gateway .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage build dist
	find headshot_web tests -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed is remembered by a stamp, so that nothing is installed twice.
define no_python
No suitable Python was found. headshot-web needs Python 3.11, 3.12, 3.13 or 3.14.
Install one from your system or from python.org, then run this again.
If it lies in an unusual place: make run PYTHON=/where/it/is/python3
endef
define no_venv
This Python cannot make an environment. On Debian and Ubuntu: apt install python3-venv
Then run this again.
endef
export no_python no_venv

.venv/.made:
	@rm -rf .venv
	@if "$(PYTHON)" -c '$(SUITABLE)' >/dev/null 2>&1; then \
		echo "Making the environment in .venv …"; \
		if "$(PYTHON)" -c 'import venv, ensurepip' >/dev/null 2>&1; then "$(PYTHON)" -m venv .venv; \
		elif command -v uv >/dev/null 2>&1; then uv venv --quiet --seed --python "$(PYTHON)" .venv; \
		else echo "$$no_venv" >&2; exit 1; fi; \
	elif [ -z "$(PYTHON)" ] && command -v uv >/dev/null 2>&1; then \
		echo "Making the environment in .venv, with a Python that uv brings …"; \
		uv venv --quiet --seed --python 3.13 .venv; \
	else echo "$$no_python" >&2; exit 1; fi
	@touch $@

.venv/.run: .venv/.made pyproject.toml $(HASHED)/run.txt
	@$(call install,run)
.venv/.test: .venv/.made pyproject.toml $(HASHED)/run.txt $(HASHED)/test.txt
	@$(call install,test)
	@touch .venv/.run
.venv/.renew: .venv/.made $(HASHED)/renew.txt
	@$(call install_only,renew)
	@touch $@

.venv-gateway/.made: .venv/.made $(HASHED)/gateway.txt
	@echo "Installing LiteLLM into .venv-gateway, every file checked against its hash …"
	@rm -rf .venv-gateway
	@if command -v uv >/dev/null 2>&1; then uv venv --quiet --python "$(PY)" .venv-gateway; \
	else "$(PY)" -m venv .venv-gateway; fi
	@$(call install_only,gateway,$(GATEWAY))
	@touch $@

define install_only
if command -v uv >/dev/null 2>&1; then \
	uv pip install --quiet --python "$(or $(2),$(PY))" --require-hashes -r $(HASHED)/$(1).txt; \
else \
	"$(or $(2),$(PY))" -m pip install --quiet --disable-pip-version-check --require-hashes -r $(HASHED)/$(1).txt; fi
endef
define install
echo "Installing what headshot-web needs, every file checked against its hash …"
$(install_only)
if command -v uv >/dev/null 2>&1; then \
	uv pip install --quiet --python "$(PY)" --no-deps --no-build-isolation --editable .; \
else \
	"$(PY)" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .; fi
touch $@
endef
