package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/sealing"
	"github.com/dsappd/dsappd/store"
)

// Check asks for a check of the whole data folder.
type Check struct{}

// Checked is what a check found, nothing where all is well. The check beside
// a living server holds up its commits while it looks at the store's file.
type Checked struct {
	Problems []Problem `json:"problems"`

	// SealedSecrets is how many the master key is known to have sealed, of
	// MaxSealedSecrets.
	SealedSecrets    uint64 `json:"sealedSecrets"`
	MaxSealedSecrets uint64 `json:"maxSealedSecrets"`
}

// Problem is one thing that is wrong, and what puts it right.
type Problem struct {
	Record string `json:"record"`
	Fault  string `json:"fault"`
	Mend   string `json:"mend"`
}

func (p Problem) String() string { return store.Problem(p).String() }

func (d *Door) check(ctx context.Context, _ Check) (Checked, error) {
	found, err := d.Check(ctx)
	problems := make([]Problem, 0, len(found))
	for _, problem := range found {
		problems = append(problems, Problem(problem))
	}
	return Checked{Problems: problems, SealedSecrets: d.Service.Sealer.Sealed(), MaxSealedSecrets: sealing.MaxSealed}, err
}
