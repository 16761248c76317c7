package datafolder

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// Check looks for damage in the folder: in the store's file, in each record,
// in how the records agree, in what is sealed and in the audit.
func (f *Folder) Check(ctx context.Context) ([]store.Problem, error) {
	problems, err := f.Records.Check(ctx, provision.Kinds()...)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	problems, err = provision.CheckRecords(ctx, f.Records, f.Service.Now())
	if err != nil {
		return problems, err
	}
	sealed, err := provision.CheckSealed(ctx, f.Records, f.Service.Sealer)
	if problems = append(problems, sealed...); err != nil {
		return problems, err
	}
	audit, err := f.Service.Audit.Verify(ctx, nil)
	for _, broken := range audit.Broken {
		problems = append(problems, store.Problem{Record: "audit seal " + broken.String(), Fault: broken.Fault,
			Mend: "keep a copy of the folder as evidence, and restore it from a backup"})
	}
	return problems, err
}
