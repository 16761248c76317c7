package postgres

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// Check looks for entries that no commit of this program could have written. The
// pages of the database are its own to check: with data checksums
// (initdb --data-checksums), it refuses to read a damaged one. It reads from a
// snapshot, and so waits for a database that cannot be reached.
func (e *Engine) Check(ctx context.Context) ([]store.Problem, error) {
	s, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	const query = `
		select case
			when length(key) = 0 or length(key) + coalesce(length(rest), 0) > $1 then 'its key has a length that is not allowed'
			when (rest is null) <> (length(key) <= $2) then 'its key is not whole'
			when length(value) > $3 then 'its value is larger than is allowed'
			else 'its revision has not been drawn yet' end,
			substring(key for 80)
		from dsappd_records
		where length(key) = 0 or length(key) + coalesce(length(rest), 0) > $1 or (rest is null) <> (length(key) <= $2)
			or length(value) > $3 or revision < 1 or revision > (select last_value from dsappd_revisions)
		order by key limit 1000`
	rows, err := s.conn.Query(ctx, query, store.MaxKeySize, longKey, store.MaxValueSize)
	if err != nil {
		return nil, e.explain(err)
	}
	defer rows.Close()
	var problems []store.Problem
	for rows.Next() {
		var fault string
		var key []byte
		if err := rows.Scan(&fault, &key); err != nil {
			return problems, e.explain(err)
		}
		problems = append(problems, store.Problem{Record: fmt.Sprintf("key %.80q", key), Fault: fault, Mend: mendBackup})
	}
	if err := rows.Err(); err != nil {
		return problems, e.explain(err)
	}
	return problems, nil
}

const mendBackup = "restore the database from a backup"
