# make demo   everything the demo needs, then the internal site on http://127.0.0.1:8050
# make test   everything the tests need (Chromium and a real PostgreSQL included), then all tests
# make lint   formatter and linter, as the tests run them
# make bench  speed and accuracy, as ratios to named peers in the same run
# make pins   write the pinned requirements anew from the .in files

PYTHON := $(shell command -v python3.11 || command -v python3)
RUN := .venv/bin/python
WORKERS ?= 2

.PHONY: demo test lint bench pins clean
.DELETE_ON_ERROR:

demo: .venv/installed
	$(RUN) manage.py load-demo
	$(RUN) manage.py serve --site internal

test: .venv/installed-dev
	tests/system-packages.sh
	tests/with-postgresql.sh $(RUN) -m pytest -n $(WORKERS) --dist loadgroup

lint: .venv/installed-dev
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .

bench: .venv/installed-bench
	tests/system-packages.sh
	tests/with-postgresql.sh $(RUN) -m bench

pins: .venv/installed
	.venv/bin/pip install -q uv
	for list in requirements requirements-dev requirements-bench; do .venv/bin/uv pip compile -q --universal \
	    --python-version 3.11 --no-header --no-annotate --no-emit-index-url $$list.in -o $$list.txt; done

clean:
	rm -rf .venv var

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Kangtu needs Python 3.11 or newer; found $$($(PYTHON) --version)." >&2; exit 1; }
	$(PYTHON) -m venv .venv || { tests/system-packages.sh python3-venv && $(PYTHON) -m venv --clear .venv; }

.venv/installed: requirements.txt | .venv/bin/python
	.venv/bin/pip install -q --disable-pip-version-check -r requirements.txt
	touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	.venv/bin/pip install -q --disable-pip-version-check -r requirements-dev.txt
	touch $@

.venv/installed-bench: requirements-bench.txt .venv/installed-dev
	.venv/bin/pip install -q --disable-pip-version-check -r requirements-bench.txt
	touch $@
