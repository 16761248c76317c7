package operation

import (
	"context"
	"encoding/xml"
	"log/slog"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/forwarded"
	"github.com/dsappd/dsappd/internal/server/journal"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// Door is what every operation has at hand.
type Door struct {
	Service *provision.Service
	Log     *slog.Logger
	Proxies forwarded.Proxies
	Strict  bool             // hold requests to the schema to the letter
	Journal *journal.Journal // remembers what is refused; nil: nothing does
}

// Interface makes the operations of an interface, by their qualified names.
type Interface func(Door) (map[xml.Name]soap.Operation, error)

// New makes an operation of a decision and of what writes its reply: a request
// is decoded into the generated type, decided and answered.
func New[In, Result any](d *Door,
	decide func(context.Context, *soap.Request, *In) (*Result, error),
	reply func(dst []byte, status wsdl.CommandStatusResponse, result *Result) []byte,
) soap.Operation {
	return func(ctx context.Context, r *soap.Request, dst []byte) ([]byte, error) {
		var in In
		var result *Result
		err := r.Decode(&in)
		if err == nil {
			result, err = decide(ctx, r, &in)
		}
		status, err := d.Outcome(ctx, r, err)
		if err != nil {
			return nil, err
		}
		return reply(dst, status, result), nil
	}
}

// Caller returns who asks: the component type that the request names and the
// address that it is believed to come from.
func (d *Door) Caller(r *soap.Request, componentType string) (provision.Caller, error) {
	from, err := d.Proxies.Request(r.RemoteAddr, r.Header)
	if err != nil {
		return provision.Caller{}, err
	}
	r.Note(from.Attrs()...)
	return provision.Caller{
		ComponentType: componentType, Address: from.Address, RequestID: r.ID,
		Doubt: from.Doubt, Confidential: from.Confidential(r.TLS),
	}, nil
}
