GO ?= go

.PHONY: build check test ci

build:
	$(GO) build -o bin/dsappd ./cmd/dsappd

check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	cd wsdl && $(GO) run ./internal/generate -check

test:
	$(GO) test -race ./...

ci: check test
