# make demo         an environment, the package, one worked exercise
# make test         everything that CI does
# make check        lint, format, types and layers, without the tests
# make kernel       the kernel, or the compiler's complaint
# make native-test  the tests of the kernel in C++, plain and under the sanitizers
# make web          the page's script: its types, its tests, and that what is committed is what it makes
# make bench        every program of bench/
# make clean        remove what was built

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STORED_CASES := cases/onnx-1.22.0.zip
PIP := $(BIN)/python -m pip install -qq
NATIVE := $(wildcard native/CMakeLists.txt native/include/* native/include/*/* native/src/* native/src/*/*)
KERNEL := src/limelight/stream/_kernel.*.so

comma := ,
SPREAD := -n auto --dist worksteal

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check lint format types layers unit kernel native-test web no-web bench tidy clean

demo: $(VENV)/.demo
	@$(BIN)/limelight work

# Installing needs no Node, since the bundle is committed; testing does without where there is none,
# unless every tool is required, as in CI.
test: check native-test $(if $(shell command -v npm)$(filter 1,$(LIMELIGHT_REQUIRE_TOOLS)),web,no-web) unit

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

# To look at each line takes two to three times as long: those that only count, by the thousand, go
# without.
unit: $(VENV)/.test $(VENV)/.kernel $(VENV)/$(STORED_CASES)
	@$(BIN)/pytest -q $(SPREAD) -m "not slow" --cov
	@$(BIN)/pytest -q $(SPREAD) -m slow

kernel: $(VENV)/.kernel

# Ours is the newer CMake where the machine has none that will do.
native-test: export PATH := $(CURDIR)/$(BIN):$(PATH)
native-test: $(VENV)/.build
	@$(call native_test,plain,)
	@$(call native_test,sanitized,address$(comma)undefined)
	@$(call native_test,threaded,thread,threads)

# native_test(flavour, sanitizers, the only program)
native_test = cmake -S native -B build/native-$1 -G Ninja --log-level=WARNING \
		-DLIMELIGHT_MODULE=OFF -DLIMELIGHT_TESTS=ON -DLIMELIGHT_SANITIZE=$2 \
		-DCMAKE_COMPILE_WARNING_AS_ERROR=ON \
	&& cmake --build build/native-$1 $(if $3,--target $3) \
	&& ctest --test-dir build/native-$1 --output-on-failure $(if $3,-R '^$3$$')

web: web/node_modules/.installed
	@cd web && npm run --silent types && npm test --silent
	@rm -rf build/web && node web/build.mjs build/web
	@diff -r build/web src/limelight/web/static >/dev/null || { \
		echo "src/limelight/web/static is not what web/ makes: run npm run build in web/" >&2; exit 1; }

no-web:
	@echo "npm is not installed: the page is tested as it is committed, and not made anew"

web/node_modules/.installed: web/package.json web/package-lock.json
	@cd web && npm ci --silent --no-fund --no-audit
	@touch $@

bench: $(VENV)/.bench
	@set -e; for program in $(wildcard bench/*.py); do $(BIN)/python $$program; done

# What ruff can mend by itself.
tidy: $(VENV)/.test
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

clean:
	rm -rf $(VENV) $(KERNEL) web/node_modules build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What builds the kernel lies in the environment, not in a fresh one for each build, so that the
# second build compiles only what has changed. CMake and Ninja come only where they are missing.
$(VENV)/.build: pyproject.toml | $(BIN)/pip
	@$(PIP) scikit-build-core
	@$(BIN)/python -m scikit_build_core.build requires --mode=editable \
		| $(BIN)/python -c 'import json, sys; print(*json.load(sys.stdin), sep="\n")' \
		| $(PIP) -r /dev/stdin
	@touch $@

# Brought up to date when pyproject.toml or the kernel changes. Without a compiler it is the
# package without the kernel, which works the exercise as well.
$(VENV)/.demo: pyproject.toml $(NATIVE) | $(VENV)/.build
	@rm -f $(KERNEL)
	@$(call editable,.)
	@touch $@

# The tests are to be of the kernel: without one there are none, and the compiler says why.
$(VENV)/.kernel: $(VENV)/.demo
	@ls $(KERNEL) >/dev/null 2>&1 || LIMELIGHT_REQUIRE_KERNEL=1 $(call editable,.)
	@touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/.demo
	@echo "Adding what the tests and checks need; this takes a minute or two, once"
	@$(call editable,'.[test$(comma)dev]')
	@touch $@

# The package runs from src/, found through a plain path. The finder that scikit-build-core adds
# would go before every path, and PYTHONPATH could no longer name other sources.
editable = $(PIP) --no-build-isolation -e $1 \
	&& echo '$(CURDIR)/src' | tee $(VENV)/lib/python3*/site-packages/_editable_skbc_limelight.pth >/dev/null

$(VENV)/.bench: $(VENV)/.test
	@$(call editable,'.[bench]')
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
