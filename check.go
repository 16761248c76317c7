package dsappd

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/dsappd/dsappd/provision"
)

// Check looks for damage in the data folder dir, which no server may be
// serving: in the store's file, in each record, in how the records agree, and in
// what is sealed.
// The error says that it could not look, or not to the end.
func Check(ctx context.Context, dir string) (problems []provision.Problem, err error) {
	opened, err := openFolder(ctx, dir, source{now: time.Now, rand: rand.Reader})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, opened.close()) }()
	problems, err = opened.records.Check(ctx)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	problems, err = provision.CheckRecords(ctx, opened.records, opened.service.Now())
	if err != nil {
		return problems, err
	}
	sealed, err := provision.CheckSealed(ctx, opened.records, opened.service.Sealer)
	return append(problems, sealed...), err
}
