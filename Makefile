# Everything a person types to build, try, test and install paas. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
export SWIFT

# The folder of the programs, also for whoever calls them from a test.
built := $(CURDIR)/.build/release
programs := paas paasd paas-router paas-dyno paas-search
swift_files := Package.swift Sources Tests

# A target may import only what Package.swift says it depends on.
arrows := --explicit-target-dependency-import-check error

suites := $(filter-out EndToEndTests,$(notdir $(wildcard Tests/*Tests)))

# Tests that run in one process. The thread sanitizer does not know the locks of Swift's Synchronization, and takes what
# they guard for races: it gets the suites where threads meet by other means.
sanitized_address := HTTPTests RouterTests LogsTests StoreTests GitTests SlugsTests PlatformTests APIServerTests
sanitized_thread := HTTPTests RouterTests StoreTests GitTests SlugsTests

bindir := $(PREFIX)/bin
datadir := $(PREFIX)/share

.PHONY: build setup setup-tests demo test sanitize fuzz install uninstall completions format lint bench clean help

build: ## Build the programs into .build/release
	@scripts/setup.sh --check build
	@# One by one: what only tests use is not built for release.
	@for program in $(programs); do \
	    $(SWIFT) build -c release --static-swift-stdlib $(arrows) --product "$$program"; \
	done

setup: ## Install the Debian or Ubuntu packages that building and the demo need
	@scripts/setup.sh build demo

setup-tests:
	@scripts/setup.sh build demo test

demo: setup build ## Deploy Examples/webchecker with a real git push, and leave it running
	@scripts/demo.sh "$(built)"

test: setup-tests build ## Run every test
	@$(SWIFT) build --build-tests $(arrows)
	@# A process each: what blocks in one suite must not starve the servers that another one plays. The end-to-end
	@# tests come last and alone, because they count failed requests while the machine is busy enough. Those of dynos go
	@# one by one: they wait for processes on the threads that tests run on, of which there may be only two.
	@for suite in $(suites) EndToEndTests; do \
	    echo "== $$suite"; \
	    order=; [ "$$suite" != DynoTests ] || order=--no-parallel; \
	    PAAS_BIN="$(built)" $(SWIFT) test --skip-build $$order --filter "^$$suite\."; \
	done

sanitize: setup-tests ## Run the tests that need no built programs under the address and the thread sanitizer
	@sanitize() { \
	    kind=$$1; shift; \
	    scratch=.build/sanitize-$$kind; \
	    $(SWIFT) build --build-tests $(arrows) --sanitize=$$kind --scratch-path $$scratch; \
	    for suite in "$$@"; do \
	        echo "== $$suite, $$kind"; \
	        ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --skip-build --sanitize=$$kind --scratch-path $$scratch \
	            --filter "^$$suite\."; \
	    done; \
	}; \
	sanitize address $(sanitized_address); \
	sanitize thread $(sanitized_thread)

install: ## Install the programs, the manual page and the completions under PREFIX
	@[ -x "$(built)/paasd" ] || $(MAKE) build
	@scripts/install.sh "$(built)" "$(DESTDIR)" "$(PREFIX)"

uninstall: ## Take away what `make install` put in place
	@scripts/install.sh --remove "$(DESTDIR)" "$(PREFIX)"

format: ## Format every Swift file
	@$(SWIFT) format --configuration .swift-format --in-place --parallel --recursive $(swift_files)

fuzz: ## Feed the parsers what coverage suggests, for SECONDS_EACH (60) each
	@Tests/Fuzzing/fuzz.sh $(or $(SECONDS_EACH),60)

lint: ## Check the format of Swift files and the scripts, changing nothing
	@$(SWIFT) format lint --strict --configuration .swift-format --parallel --recursive $(swift_files)
	@shellcheck -x scripts/*.sh .ci/run Tests/Fuzzing/fuzz.sh Tests/Stock/*.sh Benchmarks/run.sh Benchmarks/router/run.sh

bench: build ## Measure; results land in Benchmarks/results
	@Benchmarks/run.sh "$(built)"

clean: ## Remove what was built
	@rm -rf .build Benchmarks/results

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile
