package store

import (
	"context"
	"fmt"
	"iter"

	"github.com/dsappd/dsappd/provision"
)

// view implements provision.View over a snapshot.
type view struct {
	reader
	ctx      context.Context // of the one call of View that this view lives for
	snapshot Snapshot
	ended    bool
}

func (v *view) close() {
	v.ended = true
	v.snapshot.Close()
}

// living is asked before every use of the snapshot.
func (v *view) living() error {
	if v.ended {
		return ErrEnded
	}
	if err := v.ctx.Err(); err != nil {
		return fmt.Errorf("view: %w", err)
	}
	return nil
}

func (v *view) get(key string) ([]byte, uint64, error) {
	if err := v.living(); err != nil {
		return nil, 0, err
	}
	return v.snapshot.Get(key)
}

func scan[K, R any, P stored[R]](v *view, k kind[K, R], within, after K) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		prefix, err := k.prefix(within)
		if err != nil {
			yield(none, err)
			return
		}
		start, err := k.after(after)
		if err != nil {
			yield(none, err)
			return
		}
		for entry, err := range v.entries(prefix, start) {
			record := none
			if err == nil {
				record, err = decode[K, R, P](k, v.authenticator, entry.Key, entry.Value, entry.Revision)
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// entries scans the snapshot as long as the view lives.
func (v *view) entries(prefix, after string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if err := v.living(); err != nil {
			yield(Entry{}, err)
			return
		}
		for entry, err := range v.snapshot.Scan(prefix, after) {
			if !yield(entry, err) {
				return
			}
			if err := v.living(); err != nil {
				yield(Entry{}, err)
				return
			}
		}
	}
}

func (v *view) ScanDomains(after string) iter.Seq2[provision.Domain, error] {
	return scan(v, domains(), "", after)
}

func (v *view) ScanUsers(within, after provision.UserKey) iter.Seq2[provision.User, error] {
	return scan(v, users(), within, after)
}

func (v *view) ScanAuthenticators(after string) iter.Seq2[provision.Authenticator, error] {
	return scan(v, authenticators(), "", after)
}

func (v *view) ScanRegistrations(after string) iter.Seq2[provision.Registration, error] {
	return scan(v, registrations(), "", after)
}

func (v *view) ScanComponents(within, after provision.ComponentKey) iter.Seq2[provision.Component, error] {
	return scan(v, components(), within, after)
}

func (v *view) ScanPolicies(after string) iter.Seq2[provision.Policy, error] {
	return scan(v, policies(), "", after)
}

func (v *view) ScanAuditEvents(within, after provision.AuditKey) iter.Seq2[provision.AuditEvent, error] {
	return scan(v, auditEvents(), within, after)
}

func (v *view) ScanKeyChecks(after string) iter.Seq2[provision.KeyCheck, error] {
	return scan(v, keyChecks(), "", after)
}

func (v *view) ScanExpiries(within, after provision.ExpiryKey) iter.Seq2[provision.Expiry, error] {
	return scan(v, expiries(), within, after)
}

func (v *view) ScanPastExpiries(within, after provision.ExpiryKey) iter.Seq2[provision.Expiry, error] {
	return scan(v, pastExpiries(), within, after)
}

func (v *view) ScanStrangers(after string) iter.Seq2[provision.Stranger, error] {
	return scan(v, strangers(), "", after)
}

func (v *view) ScanGatewayKeys(after string) iter.Seq2[provision.GatewayKey, error] {
	return scan(v, gatewayKeys(), "", after)
}

func (v *view) ScanFreeAuthenticators(within, after provision.FreeKey) iter.Seq2[provision.FreeAuthenticator, error] {
	return scan(v, freeAuthenticators(), within, after)
}

func (v *view) ScanAuditRequests(within, after provision.AuditRequestKey) iter.Seq2[provision.AuditRequest, error] {
	return scan(v, auditRequests(), within, after)
}

func (v *view) ScanAuditSeals(within, after provision.AuditSealKey) iter.Seq2[provision.AuditSeal, error] {
	return scan(v, auditSeals(), within, after)
}

func (v *view) ScanAuditRuns(after string) iter.Seq2[provision.AuditRun, error] {
	return scan(v, auditRuns(), "", after)
}

func (v *view) ScanAuditAnchors(after string) iter.Seq2[provision.AuditAnchor, error] {
	return scan(v, auditAnchors(), "", after)
}
