package admin_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// all walks a list to its end and returns the pages' lengths too.
func all[R, K any](t *testing.T, ask func(after K) (admin.Page[R, K], error)) (records []R, lengths []int) {
	t.Helper()
	var after K
	for {
		page, err := ask(after)
		if err != nil {
			t.Fatal(err)
		}
		records, lengths = append(records, page.Items...), append(lengths, len(page.Items))
		if page.Next == nil {
			return records, lengths
		}
		after = *page.Next
	}
}

func TestListsPage(t *testing.T) {
	o := openOffice(t)
	o.must(t)(o.AddDomain(t.Context(), provision.AddDomain{Name: "other"}))
	var want []string
	for n := range 7 {
		o.addUser(t, fmt.Sprintf("user%d", n))
		want = append(want, fmt.Sprintf("user%d", n))
	}
	o.must(t)(o.AddUser(t.Context(), provision.AddUser{Domain: "other", UserID: "else", StaticPassword: password}))
	for domain, users := range map[string][]string{"master": want, "": append(want[:7:7], "else"), "other": {"else"}} {
		records, lengths := all(t, func(after provision.UserKey) (admin.Page[admin.User, provision.UserKey], error) {
			return o.ListUsers(t.Context(), provision.ListUsers{Domain: domain, After: after, Limit: 3})
		})
		var got []string
		for _, user := range records {
			got = append(got, user.UserID)
		}
		if diff := cmp.Diff(users, got); diff != "" {
			t.Errorf("domain %q: %s", domain, diff)
		}
		for n, length := range lengths {
			if length > 3 || length < 3 && n < len(lengths)-1 {
				t.Errorf("domain %q: pages of %v", domain, lengths)
			}
		}
	}
}

func TestListsNarrow(t *testing.T) {
	o := openOffice(t)
	o.furnish(t)
	for n := range 5 {
		o.addAuthenticator(t, fmt.Sprintf("VDS100014%d", n+1))
	}
	for state, want := range map[provision.AuthenticatorState]int{"": 6, provision.Assigned: 1, provision.Unassigned: 5, provision.Active: 0} {
		records, _ := all(t, func(after string) (admin.Page[admin.Authenticator, string], error) {
			return o.ListAuthenticators(t.Context(), provision.ListAuthenticators{State: state, After: after, Limit: 2})
		})
		if len(records) != want {
			t.Errorf("state %q: %d authenticators, want %d", state, len(records), want)
		}
	}
}

func TestComponentsKeepTheirLocation(t *testing.T) {
	o := openOffice(t)
	want := map[string]string{
		"192.0.2.7": "192.0.2.7", "192.0.2.99/24": "192.0.2.0/24", "::ffff:192.0.2.8": "192.0.2.8",
		"::ffff:10.1.2.3/104": "10.0.0.0/8", "2001:db8::1/32": "2001:db8::/32", "::1": "::1", "0.0.0.0/0": "0.0.0.0/0", "::/0": "::/0",
	}
	for given, location := range want {
		component, err := o.AddComponent(t.Context(), provision.AddComponent{ComponentType: "site", Location: given})
		if err != nil || component.Location != location {
			t.Errorf("%s: at %q, %v; want %q", given, component.Location, err, location)
		}
	}
	records, _ := all(t, func(after provision.NameComponent) (admin.Page[admin.Component, provision.NameComponent], error) {
		return o.ListComponents(t.Context(), provision.ListComponents{After: after, Limit: 3})
	})
	if len(records) != len(want) {
		t.Errorf("%d components listed, want %d", len(records), len(want))
	}
	for _, component := range records {
		o.must(t)(o.DeleteComponent(t.Context(), provision.NameComponent{ComponentType: component.ComponentType, Location: component.Location}))
	}
}

// A list of a domain that is not there is refused: an empty one would hide a
// slip of the pen.
func TestListsOfAnUnknownDomain(t *testing.T) {
	o := openOffice(t)
	_, users := o.ListUsers(t.Context(), provision.ListUsers{Domain: "none"})
	_, authenticators := o.ListAuthenticators(t.Context(), provision.ListAuthenticators{Domain: "none"})
	_, registrations := o.ListRegistrations(t.Context(), provision.ListRegistrations{Domain: "none"})
	for list, err := range map[string]error{"users": users, "authenticators": authenticators, "registrations": registrations} {
		refused, ok := errors.AsType[*admin.Error](err)
		if !ok || refused.Refusal != provision.NotFound || refused.Desc != `There is no domain "none".` {
			t.Errorf("%s: %v", list, err)
		}
	}
}
