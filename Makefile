# The two commands of the README, from a fresh clone on a bare Debian: Python 3.11, make and apt are enough.
# What is missing is installed once; a second run starts at once. Elsewhere than on Debian and its kin, install
# PortAudio and Python's venv yourself and the same targets work.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
ROUTINE ?=
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
BUILD := build
UV := $(BUILD)/uv/bin/uv
export UV_PYTHON_DOWNLOADS := never
# or the first start of the player does it, and its first word waits
export UV_COMPILE_BYTECODE := 1

# A second ear, where its wheel runs: it wants glibc 2.34, on ARM 2.31 (docs/architecture.md, "Dependencies").
OLDEST_GLIBC := $(if $(filter aarch64,$(shell uname -m)),31,34)
GLIBC := $(shell getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc 2\.//p')
EXTRAS ?= $(shell [ "$(or $(GLIBC),0)" -ge $(OLDEST_GLIBC) ] && echo --extra moonshine)

# for sound at all; for the tests also a sound server with virtual devices, other voices, and a browser
PLAY_PACKAGES := python3-venv libportaudio2 libasound2-plugins
TEST_PACKAGES := $(PLAY_PACKAGES) pulseaudio pulseaudio-utils flite strace git chromium \
    dbus-daemon playerctl zsh fish $(if $(shell command -v npm),,npm)

.PHONY: help play extras demo mirror test check planted faults clean

help:
	@echo "make play    lead an evening, or a session (ROUTINE=name, ARGS='--headphones ...')"
	@echo "make extras  bring what --page, --media-keys and export into .m4b need"
	@echo "make demo    a session of a minute and a half in virtual time; writes demo.wav"
	@echo "make mirror  bring what \`player learn ROUTINE --mirror\` sees a face with (needs npm)"
	@echo "make test    run every test, real engines included"
	@echo "make check   format, lint, types and dead code"
	@echo "make planted plant every known bug in turn in a copy and see the tests catch it (long)"
	@echo "make faults  every fault on virtual hardware, as a table (15 min), then 200 kills"

play: $(VENV)/.ready
	@$(BIN)/player $(if $(ROUTINE),play $(ROUTINE),evening) $(ARGS)

extras: $(VENV)/.ready
	@$(UV) sync --frozen --quiet --no-dev --inexact $(EXTRAS) --extra page --extra media-keys --extra export

demo: $(VENV)/.ready
	@$(BIN)/player demo $(ARGS)

mirror: $(VENV)/.ready
	@$(BIN)/python -m player.models.face_mesh

# without npm the tests that need it are skipped, each with that reason; .ci/run does not let them be
test: $(VENV)/.ready-test
	@! command -v npm >/dev/null || $(BIN)/python -m player.models.face_mesh $(BUILD)/face_mesh >/dev/null || true
	@$(BIN)/pytest -n $$(( $$(getconf _NPROCESSORS_ONLN) * 2 )) --dist worksteal $(ARGS)  # many of them wait

check: $(VENV)/.ready-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/vulture

planted: $(VENV)/.ready-test
	@$(BIN)/python .ci/plant.py $(ARGS)

faults: $(VENV)/.ready-test
	@$(BIN)/python -m tests.faults $(ARGS)
	@$(BIN)/python -m tests.faults.kills --count 200

clean:
	rm -rf $(VENV) $(BUILD) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis demo.wav

# Stamps say what was done: nothing is installed twice.
$(VENV)/.ready: pyproject.toml uv.lock $(BUILD)/.apt-play | $(UV)
	@echo "Setting up $(VENV)"
	@$(UV) sync --frozen --quiet --no-dev --inexact $(EXTRAS)
	@touch $@

$(VENV)/.ready-test: pyproject.toml uv.lock $(BUILD)/.apt-test | $(UV)
	@echo "Setting up $(VENV) for tests"
	@$(UV) sync --frozen --quiet $(EXTRAS)
	@touch $(VENV)/.ready $@

# uv has an environment of its own: `uv sync` takes away all that the project does not ask for.
$(UV): | $(BUILD)/.apt-play
	@$(PYTHON) -m venv $(BUILD)/uv
	@$(BUILD)/uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

$(BUILD)/.apt-play: Makefile
	@.ci/apt $(PLAY_PACKAGES)
	@mkdir -p $(BUILD) && touch $@

$(BUILD)/.apt-test: Makefile
	@.ci/apt $(TEST_PACKAGES)
	@mkdir -p $(BUILD) && touch $@
