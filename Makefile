# The two commands that a new machine needs are `make serve` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
FUZZED := $(VENV)-fuzz/.ready
DOCUMENTED := $(VENV)-docs/.ready
DRIVEN := tests/browser/node_modules/.ready

# Documents with the lists that editors made for them (tests/bench/related.py says in what form).
RELATED ?= ../shared/related
# How many documents are generated for the measurements that take any number.
SIZES ?= 10000
# How often each way of reading is measured.
ROUNDS ?= 3
# For how long each target is fuzzed, and how many inputs are kept of it for the tests; 0 for none.
FUZZ_SECONDS ?= 60
KEEP ?= 0

.PHONY: help serve build test lint types floors units servers browser screenshots fuzz soak logs reliability reference audit bench bench-related bench-stories bench-growth bench-build bench-serving bench-queries bench-resident bench-workers docs lock clean

help:  ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(READY)  ## Build the sample corpus and serve it at http://127.0.0.1:8000
	$(BIN)/feeds serve --config config --allow-root

build: $(READY)  ## Build the sample corpus into output/
	$(BIN)/feeds build --config config --allow-root

test: lint types floors units  ## Run every check that needs nothing installed

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

floors: $(READY)
	$(BIN)/lint-imports --no-cache

# Some of them wait, so that there is room for one more than there are processors.
units: $(READY)
	$(BIN)/pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist worksteal

# Most of the time they wait for servers, so that two processors have room for three of them.
servers: $(READY)  ## Try real readers, caches and checkers of HTTP, as far as they are installed
	PATH="$$PATH:/usr/sbin:$(CURDIR)/.venv-servers/bin" $(BIN)/pytest -n 3 -rs tests/servers/*.py

# Chromium is Debian's; what drives it is locked in tests/browser and comes from npm.
browser: $(READY) $(DRIVEN)  ## Try every kind of page in Chromium: by keys alone, by axe, in all sizes
	$(BIN)/pytest -n 2 --dist worksteal -rs tests/browser/*.py

screenshots: $(READY) $(DRIVEN)  ## Take the pictures of docs/screenshots anew
	SCREENSHOTS=docs/screenshots $(BIN)/pytest -rs tests/browser/screenshots.py

$(DRIVEN): tests/browser/package-lock.json
	npm ci --prefix tests/browser --silent
	@touch $(DRIVEN)

fuzz: $(FUZZED)  ## Fuzz TARGETS="NAME..." (all) for FUZZ_SECONDS each; the inputs of KEEP=200 are kept
	$(VENV)-fuzz/bin/python tests/fuzz/run.py --seconds $(FUZZ_SECONDS) --keep $(KEEP) $(TARGETS)

# What takes long: KILLS says how many publishers are killed, FEEDS_REFRESHES how many refreshes.
soak: $(READY)  ## Try for long what tests try briefly
	$(BIN)/pytest -rs tests/soak/*.py

# Who reads what, of a log of so many lines; `make soak` tries it with a tenth of that.
LINES ?= 1000000
logs: $(READY)  ## Count a log of LINES=1000000 lines: in one pass, in constant memory, exactly
	LOG_LINES=$(LINES) $(BIN)/pytest -rs -s tests/soak/logs.py

# All that tests/cases lists, as often as it is worth to be tried; what takes longest begins first.
# Where TRIED names only some of these tests, OTHERS=--others-stay keeps the rows of all other cases.
TRIED ?= tests/soak/*.py tests/servers/*.py tests/test_*.py
reliability: $(READY)  ## Try every case of docs/reliability.md in full, and write its table
	HELD=10000 FEEDS_REFRESHES=5000 PATH="$$PATH:/usr/sbin:$(CURDIR)/.venv-servers/bin" \
		$(BIN)/pytest -n auto --dist worksteal -rs --reliability docs/reliability.md $(OTHERS) $(TRIED)

reference: $(READY)  ## Write docs/reference, the man pages and the JSON Schema anew
	$(BIN)/python tests/reference.py

docs: $(DOCUMENTED)  ## Make the site of docs/ in dist/docs; a broken link fails
	$(VENV)-docs/bin/mkdocs build

audit:  ## Ask whether what is locked is known to be vulnerable, and list it in dist/sbom.json
	.ci/audit

bench: bench-related bench-stories bench-growth bench-build bench-serving bench-queries bench-resident bench-workers  ## All measurements

bench-related: $(READY)  ## Measure the search for related coverage on lists in RELATED=DIRECTORY
	$(BIN)/python tests/bench/related.py $(RELATED)

bench-stories: $(READY)  ## Measure which stories are found, on the same lists
	$(BIN)/python tests/bench/stories.py $(RELATED)

bench-growth: $(READY)  ## Count what first builds of SIZES="NUMBER..." documents cost, and edits
	$(BIN)/python tests/bench/growth.py $(SIZES)

bench-build: $(READY)  ## Measure builds of SIZES="NUMBER..." documents beside Hugo and a straight script
	$(BIN)/python tests/bench/build.py $(SIZES)

bench-serving: $(READY)  ## Measure one worker beside nginx (needs wrk, too)
	$(BIN)/python tests/bench/serving.py $(firstword $(SIZES))

bench-queries: $(READY)  ## Measure queries beside a feed, with SIZES="NUMBER..." documents
	$(BIN)/python tests/bench/querying.py $(SIZES)

bench-resident: $(READY)  ## Measure edits beside a server of SIZES="NUMBER..." documents, and its memory
	$(BIN)/python tests/bench/resident.py $(SIZES)

bench-workers: $(READY)  ## Measure reading by workers, with SIZES="NUMBER" documents (needs PostgreSQL)
	$(BIN)/python tests/bench/workers.py --rounds $(ROUNDS) $(firstword $(SIZES))

# The environment is made anew when what is locked changes.
$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("feeds needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

# The fuzzer is no dependency of the tests: it is not there for every Python and machine.
$(FUZZED): requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)-fuzz
	$(VENV)-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(VENV)-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: atheris==3.0.0
	$(VENV)-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(FUZZED)

# What makes the site is no dependency of the tests.
$(DOCUMENTED): requirements-docs.lock
	$(PYTHON) -m venv --clear $(VENV)-docs
	$(VENV)-docs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-docs.lock
	@touch $(DOCUMENTED)

lock:  ## Lock the dependencies anew, with hashes and without the name of any index
	$(PYTHON) -m venv --clear $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" -o requirements.lock pyproject.toml
	$(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" --group dev -o requirements-dev.lock \
		-c requirements.lock pyproject.toml
	$(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" --group docs \
		-o requirements-docs.lock -c requirements-dev.lock
	$(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" --extra scale --extra codings \
		--extra metrics -o requirements-scale.lock -c requirements-dev.lock pyproject.toml
	rm -rf $(VENV)-lock

clean:  ## Remove everything that was made
	rm -rf $(VENV) $(VENV)-* .fuzz tests/browser/node_modules build dist output.state .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find output -mindepth 1 ! -name .gitkeep -delete
