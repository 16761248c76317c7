package operation

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
)

// Run reads the attributes of a command, has it decided for the component that
// COMPONENT_TYPE names, and writes those of its reply.
func (d *Door) Run(ctx context.Context, r *soap.Request, t *Table, f Form, sent []Sent,
	decide func(context.Context, provision.Caller, Values) (Values, error),
) ([]Written, error) {
	given, err := d.Read(r, t, f, sent)
	if err != nil {
		return nil, err
	}
	caller, err := d.Caller(r, given["COMPONENT_TYPE"])
	if err != nil {
		return nil, err
	}
	result, err := decide(ctx, caller, given)
	if err != nil {
		return nil, t.WithoutMasked(err, f, sent)
	}
	return t.Write(f, result), nil
}
