package dsappd

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/internal/apply"
	intlab "github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// labOperator is who the audit says applied a file through a lab's controls.
const labOperator = "lab"

// applyLab makes the records what a file says, through the operators' door, and
// has the lab know the passwords and keys that it made.
func (s *Server) applyLab(ctx context.Context, in intlab.Apply) ([]intlab.Change, error) {
	door := operators.InProcess(s.folder, labOperator, s.config.Logger)
	changes, err := s.applyThrough(ctx, &door.Client, in)
	if _, is := errors.AsType[*admin.Error](err); is || errors.Is(err, apply.ErrFile) {
		err = fmt.Errorf("%w: %w", intlab.ErrRefused, err)
	}
	return changes, errors.Join(err, door.Close())
}

func (s *Server) applyThrough(ctx context.Context, client *admin.Client, in intlab.Apply) ([]intlab.Change, error) {
	file, err := apply.Parse(in.File)
	if err != nil {
		return nil, err
	}
	plan, err := apply.Plan(ctx, client, file, in.Prune)
	if err != nil {
		return nil, err
	}
	if !in.Plan {
		var made []apply.Change
		err = apply.Make(ctx, client, plan, func(c apply.Change) { made = append(made, c) })
		s.config.lab.State.Know(file.Credentials(made))
		plan = made
	}
	changes := []intlab.Change{}
	for _, c := range plan {
		changes = append(changes, intlab.Change{Do: c.Do, What: c.What, Detail: c.Detail, Key: c.Key})
	}
	return changes, err
}
