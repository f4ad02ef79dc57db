# make demo   an environment, the package, one worked exercise
# make test   everything that CI does
# make check  lint, format, types and layers, without the tests
# make bench  every program of bench/
# make clean  remove what was built

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STORED_CASES := cases/onnx-1.22.0.zip
PIP := $(BIN)/python -m pip install -qq

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check lint format types layers unit bench tidy clean

demo: $(VENV)/.demo
	@$(BIN)/limelight work

test: check unit

check: lint format types layers

lint: $(VENV)/.test
	@$(BIN)/ruff check

format: $(VENV)/.test
	@$(BIN)/ruff format --check

# mypy refuses to start when a folder that it is told about holds no program.
types: $(VENV)/.test
	@$(BIN)/mypy $(if $(wildcard bench/*.py),,src tests)

layers: $(VENV)/.test
	@$(BIN)/lint-imports --no-logo

unit: $(VENV)/.test $(VENV)/$(STORED_CASES)
	@$(BIN)/pytest -q --cov

bench: $(VENV)/.bench
	@set -e; for program in $(wildcard bench/*.py); do $(BIN)/python $$program; done

# What ruff can mend by itself.
tidy: $(VENV)/.test
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

clean:
	rm -rf $(VENV) build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Brought up to date when pyproject.toml changes.
$(VENV)/.demo: pyproject.toml | $(BIN)/pip
	@$(PIP) -e .
	@touch $@

$(VENV)/.test: $(VENV)/.demo
	@echo "Adding what the tests and checks need; this takes a minute or two, once"
	@$(PIP) -e '.[test,dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.test
	@$(PIP) -e '.[bench]'
	@touch $@

# The Attention cases that onnx 1.22.0 carries as files; later ones generate theirs. Two versions
# do not fit into one environment, so that this one is read where it lies, as the archive it is.
$(VENV)/$(STORED_CASES): | $(VENV)/.test
	@rm -rf $(VENV)/download && mkdir -p $(@D)
	@$(BIN)/python -m pip download -qq --no-deps --only-binary :all: -d $(VENV)/download onnx==1.22.0
	@mv $(VENV)/download/onnx-1.22.0-*.whl $@ && rmdir $(VENV)/download

# Where Debian's python3-venv is missing, a new environment has no pip, and the machine's own
# pip puts one there.
$(BIN)/pip:
	@echo "Preparing $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 || { \
		$(PYTHON) -m venv --clear --without-pip $(VENV) && \
		$(PYTHON) -m pip --python $(BIN)/python install -qq pip; }
