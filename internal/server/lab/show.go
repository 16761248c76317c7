package lab

import (
	"context"
	"net/http"

	"github.com/dsappd/dsappd/internal/lab"
)

func (d *door) show(_ http.ResponseWriter, r *http.Request) (any, error) {
	return d.Lab.Show(r.Context(), d.URLs())
}

// UserList holds the users that were asked for.
type UserList struct {
	Users []lab.User `json:"users"`
}

// listUsers answers ?user=&domain=.
func (d *door) listUsers(_ http.ResponseWriter, r *http.Request) (any, error) {
	query := r.URL.Query()
	for name := range query {
		if name != "user" && name != "domain" {
			return nil, &Error{Status: http.StatusBadRequest, Message: "There is no parameter " + name + ". This would do: /lab/users?user=user1&domain=master"}
		}
	}
	users, err := d.Lab.Users(r.Context(), query.Get("user"), query.Get("domain"))
	return UserList{users}, err
}

// Applied lists the changes that were made, or with a plan, that would be.
type Applied struct {
	Changes []lab.Change `json:"changes"`
}

func (d *door) apply(w http.ResponseWriter, r *http.Request) (any, error) {
	var in lab.Apply
	if err := decode(w, r, &in, `{"file":"[[user]]\nid = \"anna\"\npassword = \"Password2\"\n"}`); err != nil {
		return nil, err
	}
	changes, err := d.Lab.Apply(r.Context(), in)
	return Applied{changes}, err
}

// Show returns what a program needs to know of the lab.
func (c *Client) Show(ctx context.Context) (lab.Shown, error) {
	return ask[lab.Shown](ctx, c, http.MethodGet, "", nil)
}
