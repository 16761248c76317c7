package lab

import (
	"context"
	"net/http"
	"strconv"

	"github.com/dsappd/dsappd/internal/lab"
)

// FaultList is the faults that there are, or that were removed.
type FaultList struct {
	Faults []lab.Fault `json:"faults"`
}

func (d *door) listFaults(http.ResponseWriter, *http.Request) (any, error) {
	return FaultList{d.Lab.Faults.List()}, nil
}

func (d *door) addFault(w http.ResponseWriter, r *http.Request) (any, error) {
	var in lab.Fault
	if err := decode(w, r, &in, `{"operation":"dsappSRPActivate","nth":2,"do":"reset-after"}`); err != nil {
		return nil, err
	}
	return d.Lab.Faults.Add(in)
}

func (d *door) clearFaults(http.ResponseWriter, *http.Request) (any, error) {
	removed, err := d.Lab.Faults.Clear(0)
	return FaultList{removed}, err
}

func (d *door) clearFault(_ http.ResponseWriter, r *http.Request) (any, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || id < 1 {
		return nil, &Error{Status: http.StatusBadRequest, Message: "A fault has a number, such as 1: DELETE /lab/faults/1."}
	}
	removed, err := d.Lab.Faults.Clear(id)
	return FaultList{removed}, err
}

// Faults lists the faults.
func (c *Client) Faults(ctx context.Context) (FaultList, error) {
	return ask[FaultList](ctx, c, http.MethodGet, "faults", nil)
}

// AddFault adds a fault.
func (c *Client) AddFault(ctx context.Context, in lab.Fault) (lab.Fault, error) {
	return ask[lab.Fault](ctx, c, http.MethodPost, "faults", in)
}

// ClearFaults removes a fault, or all where id is 0.
func (c *Client) ClearFaults(ctx context.Context, id int) (FaultList, error) {
	path := "faults"
	if id != 0 {
		path += "/" + strconv.Itoa(id)
	}
	return ask[FaultList](ctx, c, http.MethodDelete, path, nil)
}
