package store

import (
	"fmt"

	"github.com/dsappd/dsappd/provision"
)

// source is what a view and a transaction read single values from; revision
// 0 with a value is one that is not committed yet.
type source interface {
	get(key string) (value []byte, revision uint64, err error)
}

// reader implements provision.Reader over a source.
type reader struct {
	source
	authenticator *authenticator
}

func get[K, R any, P stored[R]](r reader, k kind[K, R], key K) (R, error) {
	var none R
	whole, err := k.key(key)
	if err != nil {
		// No record can be there, and a peer that asks for it must not
		// learn more than one that asks for any other.
		return none, fmt.Errorf("%w: %w", provision.ErrNotFound, err)
	}
	value, revision, err := r.get(whole)
	if err != nil {
		return none, err
	}
	if value == nil {
		return none, provision.ErrNotFound
	}
	return decode[K, R, P](k, r.authenticator, whole, value, revision)
}

func (r reader) GetDomain(name string) (provision.Domain, error) {
	return get(r, domains(), name)
}

func (r reader) GetUser(key provision.UserKey) (provision.User, error) {
	return get(r, users(), key)
}

func (r reader) GetAuthenticator(serialNumber string) (provision.Authenticator, error) {
	return get(r, authenticators(), serialNumber)
}

func (r reader) GetRegistration(id string) (provision.Registration, error) {
	return get(r, registrations(), id)
}

func (r reader) GetComponent(key provision.ComponentKey) (provision.Component, error) {
	return get(r, components(), key)
}

func (r reader) GetPolicy(name string) (provision.Policy, error) {
	return get(r, policies(), name)
}

func (r reader) GetAuditEvent(key provision.AuditKey) (provision.AuditEvent, error) {
	return get(r, auditEvents(), key)
}

func (r reader) GetKeyCheck(name string) (provision.KeyCheck, error) {
	return get(r, keyChecks(), name)
}

func (r reader) GetExpiry(key provision.ExpiryKey) (provision.Expiry, error) {
	return get(r, expiries(), key)
}

func (r reader) GetPastExpiry(key provision.ExpiryKey) (provision.Expiry, error) {
	return get(r, pastExpiries(), key)
}

func (r reader) GetFreeAuthenticator(key provision.FreeKey) (provision.FreeAuthenticator, error) {
	return get(r, freeAuthenticators(), key)
}

func (r reader) GetStranger(slot string) (provision.Stranger, error) {
	return get(r, strangers(), slot)
}

func (r reader) GetGatewayKey(name string) (provision.GatewayKey, error) {
	return get(r, gatewayKeys(), name)
}

func (r reader) GetAuditRequest(key provision.AuditRequestKey) (provision.AuditRequest, error) {
	return get(r, auditRequests(), key)
}

func (r reader) GetAuditSeal(key provision.AuditSealKey) (provision.AuditSeal, error) {
	return get(r, auditSeals(), key)
}

func (r reader) GetAuditRun(run string) (provision.AuditRun, error) {
	return get(r, auditRuns(), run)
}

func (r reader) GetAuditAnchor(run string) (provision.AuditAnchor, error) {
	return get(r, auditAnchors(), run)
}
