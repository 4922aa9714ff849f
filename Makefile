# `make demo` shows it, `make test` proves it. Everything that is needed is checked first.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Outside the checkout, so that a fresh clone builds on what an earlier one compiled.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/errand/target
export CARGO_TERM_COLOR ?= auto
TOOLS := $(HOME)/.cache/errand/tools

.PHONY: help setup demo test lint bench build fmt

help:
	@echo 'make demo   build, run a task in a real browser against the demo site, show what it left'
	@echo 'make test   set up and run every test'
	@echo 'make lint   formatting, clippy, the contract, licences'
	@echo 'make bench  every bench; the figures go into docs/benchmarks.md by hand'

setup:
	@scripts/setup browser

build: setup
	cargo build --locked --bin errand

demo: build
	@scripts/demo "$(CARGO_TARGET_DIR)/debug/errand"

test:
	@scripts/setup browser display firefox postgres models peers
	cargo build --locked --workspace --bins --examples
	cargo test --locked --workspace --no-fail-fast

lint:
	@scripts/setup tools
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	$(TOOLS)/node_modules/.bin/buf lint
	$(TOOLS)/node_modules/.bin/buf format --diff --exit-code
	$(TOOLS)/bin/cargo-deny --locked check licenses bans sources

bench: 
	@scripts/setup browser postgres
	cargo bench --locked --workspace

fmt:
	cargo fmt --all
	$(TOOLS)/node_modules/.bin/buf format --write
