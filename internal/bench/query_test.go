package main

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// page is how many users a search returns.
const page = 100

// search is one that an index or the order of the keys answers.
type search struct {
	name, attributes, options string
	rows                      int
}

func searches(many int) []search {
	first := fmt.Sprintf("<rowcount>%d</rowcount>", page)
	return []search{
		{"all", "", first, page},
		{"prefix", attribute("USERFLD_USERID", fmt.Sprintf("bench%d*", many/2/page)), first, page},
		{"assigned", attribute("USERFLD_HAS_DP", "Unassigned"), first, page},
		{"unit", attribute("USERFLD_ORGANIZATIONAL_UNIT", "unit7"), first, page},
		{"e-mail", attribute("USERFLD_EMAIL", userID(many-1)+"@bench.example"), first, 1},
		{"unit and e-mail", attribute("USERFLD_ORGANIZATIONAL_UNIT", unit(many-1)) + attribute("USERFLD_EMAIL", userID(many-1)+"@bench.example"), first, 1},
	}
}

// unit is one of so many that each has more than a page of users.
func unit(i int) string { return fmt.Sprintf("unit%d", i%20) }

// BenchmarkQuery is how long userQuery takes for a page of 100 users, in a store
// of many. What is reported is the median of the slowest search.
func BenchmarkQuery(b *testing.B) {
	many := askedFor(b)
	dir := furnish(b, cheapHashes, 1)
	open(b, dir, func(folder *datafolder.Folder) error { return people(b, folder, many) })
	l := dial(b, startDsappd(b, dir).host, 1)
	spent := map[string][]time.Duration{}
	for b.Loop() {
		for _, s := range searches(many) {
			requests := [][]byte{l.request(fmt.Sprintf(typedEnvelope, "Administration", "userQuery",
				"<sessionID>Apikey robot:00000000-0000-4000-8000-000000000001</sessionID><attributeSet>"+s.attributes+
					"</attributeSet><queryOptions>"+s.options+"</queryOptions>"))}
			took, _ := l.send(b, requests, func(_ int, body []byte) error { return found(body, s.rows) })
			spent[s.name] = append(spent[s.name], took)
		}
	}
	slowest := time.Duration(0)
	for _, each := range spent {
		slowest = max(slowest, percentile(each, 50))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(many), "users")
	b.ReportMetric(float64(slowest.Microseconds())/1000, "page-ms")
}

// found refuses a reply with another number of rows.
func found(body []byte, rows int) error {
	if !bytes.Contains(body, fmt.Appendf(nil, "<resultCount>%d</resultCount>", rows)) {
		return fmt.Errorf("not %d rows: %s", rows, body[:min(len(body), 2000)])
	}
	return nil
}

// people puts copies of the first user into a store, each with a unit and an
// e-mail address, until it has so many, and indexes them.
func people(b *testing.B, folder *datafolder.Folder, many int) error {
	const batch = 5000
	for next := 1; next < many; next += batch {
		err := folder.Records.Update(b.Context(), func(tx *store.Tx) error {
			user, err := store.Get(tx, provision.Users, provision.UserKey{Domain: "master", UserID: userID(0)})
			if err != nil {
				return fmt.Errorf("the first user: %w", err)
			}
			user.SerialNumbers = nil
			for i := next; i < min(next+batch, many); i++ {
				user.UserID, user.Email, user.OrgUnit = userID(i), userID(i)+"@bench.example", unit(i)
				if err := store.Put(tx, provision.Users, user); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	_, err := folder.Service.IndexRecords(b.Context())
	return err
}
