GO ?= go
FUZZTIME ?= 30s
MINUTES ?= 1

.PHONY: build demo check tools test interop screens bench fuzz fuzz-nightly torture ci

# The same commit gives the same bytes, wherever it is built: no cgo, no paths.
# The toolchain stamps the program with the version and commit from git.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=auto -o bin/dsappd ./cmd/dsappd

# One whole activation over real HTTP, in a throw-away data folder.
demo:
	$(GO) run ./cmd/dsappd demo

check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet -tags clients,interop ./...
	$(GO) tool staticcheck -tags clients,interop ./...
	cd wsdl && $(GO) run ./internal/generate -check

# What the tests need besides Go; installs only what is missing.
tools:
	@testdata/clients/tools.sh

# The tag clients adds the tests with real SOAP clients and a real browser, and
# plays the book of transcripts with the program as it is built.
test: tools
	$(GO) test -race -tags clients -timeout 18m ./...

# Clients over toolkits from Maven Central and PyPI, from the WSDL of a server.
interop:
	@testdata/clients/tools.sh --interop
	$(GO) test -count 1 -tags clients,interop -timeout 15m -run '^TestInterop$$' ./internal/systemtest

# Pictures of the self-management page, for a person to look at.
screens: tools
	DSAPPD_SCREENS=$(CURDIR)/docs/screens $(GO) test -count 1 -tags clients -run TestScreens ./internal/server/console

bench:
	$(GO) test -run '^$$' -bench . ./...

# Every fuzz target of every package, one after the other, FUZZTIME each. Little
# time goes into making inputs smaller. A failing input goes into the target's
# corpus in testdata/fuzz, and the other targets still run.
fuzz:
	@failed=; for package in $$($(GO) list ./...); do \
		listed=$$($(GO) test -list '^Fuzz' $$package) || exit 1; \
		for target in $$(echo "$$listed" | grep '^Fuzz'); do \
			echo "$$package $$target $(FUZZTIME)"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$package || \
				failed="$$failed $$target"; \
		done; \
	done; \
	[ -z "$$failed" ] || { echo "failed:$$failed"; exit 1; }

# The same for a night. What reaches new code is kept in Go's cache, where the
# next night goes on from it.
fuzz-nightly:
	@$(MAKE) fuzz FUZZTIME=10m

# The program attacked, killed and without power, and mutants of it that must not
# hold. MINUTES is for each campaign, and most decide sooner. RUN says which.
torture:
	$(GO) run ./internal/torture -minutes $(MINUTES) -run '$(RUN)'

# A campaign of CI is short; a nightly one may take more MINUTES.
ci: check test interop
	@$(MAKE) torture MINUTES=0.75
