package dsappd

import (
	"context"

	"github.com/dsappd/dsappd/provision"
)

// check looks for damage in the folder: in the store's file, in each record,
// in how the records agree, and in what is sealed.
func (f *folder) check(ctx context.Context) ([]provision.Problem, error) {
	problems, err := f.records.Check(ctx)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	problems, err = provision.CheckRecords(ctx, f.records, f.service.Now())
	if err != nil {
		return problems, err
	}
	sealed, err := provision.CheckSealed(ctx, f.records, f.service.Sealer)
	return append(problems, sealed...), err
}
