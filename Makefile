# Two commands do all the set-up: `make demo` runs the main job, `make test` passes the tests.
# Everything goes into .venv; system packages that are missing are installed where that is allowed.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   ?= build/demo
WORKERS ?= 2
PRISM  := $(if $(and $(shell command -v node),$(shell command -v npm)),build/prism/.ready)

.PHONY: help packages foreign demo test test-long test-spark prism lint wheel example pictures locks clean

help:
	@echo "make demo       the recorded fine-tune to signed, verified reports in $(DEMO)"
	@echo "make test       the tests"
	@echo "make test-long  the slow sweeps as well"
	@echo "make test-spark Spark beside DuckDB: the same cells (installs pyspark; needs Java 17)"
	@echo "make prism      Prism judges the fake of the OpenAI API and its callers (installs it; needs node)"
	@echo "make lint       import contracts, types, style, docstrings"
	@echo "make wheel      build the wheel twice and compare"
	@echo "make example    train the example's models again (needs torch, under 10 minutes)"
	@echo "make pictures   draw the pictures of the README again"
	@echo "make locks      resolve requirements/*.txt again"

packages:
	@sh .ci/system-packages

foreign:
	@sh .ci/foreign-verifiers

$(VENV)/.ready: requirements/dev.txt pyproject.toml
	@sh .ci/python-check $(PYTHON)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: packages $(VENV)/.ready
	@rm -rf $(DEMO)
	$(BIN)/ftgov demo $(DEMO)

test: packages foreign $(VENV)/.ready
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not long and not spark"

test-long: packages foreign $(VENV)/.ready $(PRISM)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "long"

# The judge of the fake API: 90 MB from npm, at the locked versions; without node its tests are skipped.
build/prism/.ready: tests/prism/package-lock.json
	mkdir -p build/prism
	cp tests/prism/package.json tests/prism/package-lock.json build/prism/
	npm ci --prefix build/prism --ignore-scripts --no-audit --no-fund --silent
	@touch $@

prism: packages $(VENV)/.ready build/prism/.ready
	cd tests && ../$(BIN)/python -m openai_fake.prism

# Half a gigabyte that the other tests do not need.
$(VENV)/.spark: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet "$$(sed -n 's/^spark = \["\(.*\)"\]/\1/p' pyproject.toml)"
	@touch $@

test-spark: $(VENV)/.spark
	$(BIN)/python -m pytest -m "spark"

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate src

wheel: $(VENV)/.ready
	$(BIN)/python .ci/reproducible_wheel.py dist

example: $(VENV)/.ready
	@sh .ci/python-check $(PYTHON)
	$(PYTHON) -m venv .venv-local
	.venv-local/bin/python -m pip install --quiet "$$(sed -n 's/^torch==/torch==/p' requirements/torch.txt)"
	.venv-local/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements/local.txt
	.venv-local/bin/python examples/loan-triage/make_recording.py --output build/loan-triage \
		--compare examples/loan-triage/recording

pictures: demo
	pdftoppm -png -r 66 -f 1 -l 1 -singlefile $(DEMO)/reports/harmful-lora/report.pdf docs/images/cover
	pdftoppm -png -r 66 -f 2 -l 2 -singlefile $(DEMO)/reports/harmful-lora/report.pdf docs/images/summary

locks:
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
		--python-version 3.11 --universal --extra fairness --extra energy --extra pdf --extra postgres --extra remote --extra openai --extra hsm --extra web --group dev pyproject.toml -o requirements/dev.txt

clean:
	rm -rf build dist .venv .venv-local tests/foreign/node_modules .pytest_cache .mypy_cache .ruff_cache
