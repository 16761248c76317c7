GO ?= go
FUZZTIME ?= 30s
MINUTES ?= 1
SEED ?= 0
AUTHENTICATORS ?= 100000

PREFIX ?= /usr/local
ZSH_COMPLETIONS ?= $(PREFIX)/share/zsh/site-functions
export DEB_VERSION
DESTDIR ?=

# All builds have the settings of the released program, so that the toolchain
# compiles each package once. The race detector alone needs cgo.
export CGO_ENABLED ?= 0
export GOFLAGS ?= -trimpath

# Tests that take long and have no second goroutine, and those that drive the
# program from outside, whose rooms are tested with the race detector themselves:
# it finds nothing in them and makes each of them eight times as slow.
ALONE = $$(grep -rl --include='*_test.go' '^//go:build .*!race' .)

.PHONY: build install uninstall deb rootfs demo check tools tools-interop test interop screens bench profile fuzz fuzz-nightly torture soak ci

# The same commit gives the same bytes, wherever it is built: no cgo, no paths.
# The toolchain stamps the program with the version and commit from git.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=auto -o bin/dsappd ./cmd/dsappd

# The program with its manual, completions and systemd unit. DESTDIR is where a
# package is put together.
install: build
	install -D -m 755 bin/dsappd $(DESTDIR)$(PREFIX)/bin/dsappd
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(ZSH_COMPLETIONS) \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d $(DESTDIR)$(PREFIX)/lib/systemd/system
	bin/dsappd completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/dsappd
	bin/dsappd completion zsh >$(DESTDIR)$(ZSH_COMPLETIONS)/_dsappd
	bin/dsappd completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/dsappd.fish
	bin/dsappd man --out $(DESTDIR)$(PREFIX)/share/man
	sed 's|@BINDIR@|$(PREFIX)/bin|' packaging/dsappd.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/dsappd.service

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/dsappd $(DESTDIR)$(PREFIX)/share/bash-completion/completions/dsappd \
		$(DESTDIR)$(ZSH_COMPLETIONS)/_dsappd $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/dsappd.fish \
		$(DESTDIR)$(PREFIX)/share/man/man1/dsappd.1 $(DESTDIR)$(PREFIX)/share/man/man1/dsappd-*.1 \
		$(DESTDIR)$(PREFIX)/share/man/man5/dsappd-settings.5 $(DESTDIR)$(PREFIX)/lib/systemd/system/dsappd.service

# The Debian package, in bin. The same commit gives the same bytes. Its version is
# what the toolchain has stamped into the program, or DEB_VERSION.
deb: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)
deb:
	rm -rf bin/deb
	$(MAKE) install DESTDIR=$(CURDIR)/bin/deb PREFIX=/usr ZSH_COMPLETIONS=/usr/share/zsh/vendor-completions
	find bin/deb/usr/share/man -type f -exec gzip -9n {} +
	find bin/deb -exec touch -d @$$SOURCE_DATE_EPOCH {} +
	@ARCH=$$($(GO) env GOARCH); \
	VERSION=$${DEB_VERSION:-$$(bin/dsappd version --json | sed -n 's/.*"version": "v\([^"]*\)".*/\1/p')}; \
	[ -n "$$VERSION" ] || { echo "make deb: the toolchain found no version: build in a clone, or give DEB_VERSION=1.2.3" >&2; exit 1; }; \
	export ARCH VERSION; \
	$(GO) tool -modfile=packaging/nfpm/go.mod nfpm package --config packaging/nfpm.yaml --packager deb --target bin/

# The file system of the image: packaging/Containerfile.
rootfs: build
	install -D -m 755 bin/dsappd $(DESTDIR)/usr/bin/dsappd
	install -d -m 755 $(DESTDIR)/etc
	echo 'dsappd:x:65532:65532::/:/' >$(DESTDIR)/etc/passwd
	install -d -m 700 $(DESTDIR)/var/lib/dsappd

# One whole activation over real HTTP, in a throw-away data folder.
demo:
	$(GO) run ./cmd/dsappd demo

check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet -tags clients,interop,screens ./...
	$(GO) tool staticcheck -tags clients,interop ./...
	cd wsdl && $(GO) run ./internal/generate -check

# What the tests need besides Go; installs only what is missing.
tools:
	@testdata/clients/tools.sh

tools-interop:
	@testdata/clients/tools.sh --interop

# The tag clients adds the tests with real SOAP clients and a real browser, and
# plays the book of transcripts with the program as it is built.
#
# make check has vetted all of it, so go test need not.
test: tools
	CGO_ENABLED=1 $(GO) test -race -vet=off -tags clients -timeout 18m ./...
	@$(GO) test -vet=off -tags clients -timeout 15m -run "^($$(sed -n 's/^func \(\(Test\|Fuzz\)[A-Za-z0-9_]*\)(.*/\1/p' $(ALONE) | paste -sd '|'))\$$" \
		$$(dirname $(ALONE) | sort -u)

# Clients over toolkits from Maven Central and PyPI, from the WSDL of a server.
interop: tools-interop
	$(GO) test -count 1 -vet=off -tags clients,interop -timeout 15m -run '^TestInterop$$' ./internal/systemtest

# Pictures of the self-management page and the operator's console, for a person to
# look at.
screens: tools
	DSAPPD_SCREENS=$(CURDIR)/docs/screens $(GO) test -count 1 -tags clients,screens -run Screens . ./internal/server/console

# The goals of speed as one table, each beside a reference of the same run; the
# history is in benchmarks. RUN says which goals, and AUTHENTICATORS how many a
# large store has.
bench: tools
	$(GO) run ./internal/bench -run '$(RUN)' -authenticators $(AUTHENTICATORS)

# CPU, heap, mutex and block profiles of a server that activates, in profiles.
profile: tools
	mkdir -p profiles
	DSAPPD_PROFILE=$(CURDIR)/profiles $(GO) test -count 1 -run '^$$' -bench '^BenchmarkActivate$$' -benchtime 12x ./internal/bench
	@echo "Look at them with: go tool pprof -http 127.0.0.1:0 profiles/cpu.prof"

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

# What happens to a server in months, in an order that SEED draws, for MINUTES.
soak:
	$(GO) run ./internal/torture -minutes $(MINUTES) -run '^soak$$' -seed '$(SEED)'

# What clients need is downloaded while the code is checked. CI attacks the
# program for a short time; `make torture` has all campaigns, and the mutants.
ci:
	@$(MAKE) -j 2 --output-sync=target check tools-interop
	@$(MAKE) test interop
	@$(MAKE) torture MINUTES=0.75 RUN='^(messages|kills|power|backlog|soak)$$'
