//go:build !race

package provision_test

import (
	"slices"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// The operators' side.

func (w *world) give(serialNumber, userID string) {
	d, u := w.Devices[serialNumber], w.Users[userID]
	u.Has = append(u.Has, serialNumber)
	slices.Sort(u.Has)
	d.UserID, d.AssignedNext, d.AssignedAt = userID, d.Next, w.now
	w.startOver(d)
}

func (w *world) startOver(d *worldDevice) {
	if d.State != provision.Disabled {
		d.State = provision.Assigned
	}
	d.Next, d.Drift, d.Activations = d.AssignedNext, 0, 0
	d.GraceEnds, d.LastActivatedAt = w.now.AddDate(0, 0, w.settings.GraceDays), time.Time{}
}

func (w *world) assign(serialNumber, userID string) int {
	switch {
	case w.Devices[serialNumber].State == provision.Disabled:
		return 1005
	case w.Devices[serialNumber].State != provision.Unassigned:
		return -14
	case w.Users[userID] == nil:
		return -13
	}
	return w.giveWithinLimit(serialNumber, userID)
}

// take is an assignment by the user.
func (w *world) take(userID, password, serialNumber string) int {
	if status := w.login(userID, password); status != 0 {
		return status
	}
	switch {
	case slices.Contains(w.Users[userID].Has, serialNumber):
		return -14
	case w.Devices[serialNumber].State != provision.Unassigned:
		return -13
	}
	return w.giveWithinLimit(serialNumber, userID)
}

func (w *world) giveWithinLimit(serialNumber, userID string) int {
	d, same := w.Devices[serialNumber], 0
	for _, other := range w.Users[userID].Has {
		if w.Devices[other].parameters.Type == d.parameters.Type {
			same++
		}
	}
	if limit := w.settings.AuthenticatorLimit; limit > 0 && same >= limit {
		return 1005
	}
	w.give(serialNumber, userID)
	return 0
}

// unbind returns an authenticator to what it was made with.
func (w *world) unbind(serialNumber, because string) {
	d := w.Devices[serialNumber]
	if open := w.Registrations[d.Open]; open != nil && !open.ended() {
		open.end(provision.Closed, because, w.now)
	}
	d.Open, d.ActivatedBy, d.Bound, d.secret = "", "", false, d.initial
	d.Next, d.Peak = max(d.Next, d.Peak), 0
}

func (w *world) unassign(serialNumber, because string) int {
	d := w.Devices[serialNumber]
	if d.UserID == "" {
		return -13
	}
	w.unbind(serialNumber, because)
	u := w.Users[d.UserID]
	u.Has = slices.DeleteFunc(u.Has, func(one string) bool { return one == serialNumber })
	state := provision.Unassigned
	if d.State == provision.Disabled {
		state = d.State
	}
	*d = worldDevice{State: state, Next: d.Next, parameters: d.parameters, secret: d.secret, initial: d.initial,
		accepted: d.accepted}
	return 0
}

func (w *world) reset(serialNumber string) int {
	d := w.Devices[serialNumber]
	if d.UserID == "" {
		return -13
	}
	w.unbind(serialNumber, "the authenticator was reset")
	w.startOver(d)
	d.accepted = nil
	return 0
}

func (w *world) disable(serialNumber string) { w.Devices[serialNumber].State = provision.Disabled }

func (w *world) enable(serialNumber string) {
	switch d := w.Devices[serialNumber]; {
	case d.UserID == "":
		d.State = provision.Unassigned
	case d.Activations > 0:
		d.State = provision.Active
	default:
		d.State = provision.Assigned
	}
}

// renew is what there is after an authenticator was deleted and added again.
func (w *world) renew(serialNumber string) {
	d := w.Devices[serialNumber]
	*d = worldDevice{State: provision.Unassigned, parameters: d.parameters, secret: d.initial, initial: d.initial}
}

func (w *world) deleteUser(userID string) int {
	u := w.Users[userID]
	if u == nil {
		return -13
	}
	for _, serialNumber := range slices.Clone(u.Has) {
		w.unassign(serialNumber, "the user was deleted")
	}
	delete(w.Users, userID)
	return 0
}

func (w *world) close(id string) int {
	r := w.Registrations[id]
	switch {
	case r == nil:
		return -13
	case r.ended():
		return -1
	}
	r.end(provision.Closed, "an operator closed it", w.now)
	if d := w.Devices[r.SerialNumber]; d.Open == id {
		d.Open = ""
	}
	return 0
}

// sweep also says in how many steps: what was swept before, and the rest.
func (w *world) sweep(retention time.Duration) (swept provision.Swept, steps int) {
	before, anew := 0, 0
	for id, r := range w.Registrations {
		if w.now.Before(r.ExpiresAt) || r.Swept && w.now.Before(r.ExpiresAt.Add(retention)) {
			continue
		}
		if r.Swept {
			before = 1
		} else {
			anew = 1
		}
		if w.now.Before(r.ExpiresAt.Add(retention)) {
			r.Swept, r.Verifier, r.Code, r.Drifted, r.code = true, false, false, nil, ""
			swept.Blanked++
			continue
		}
		if d := w.Devices[r.SerialNumber]; d.Open == id {
			d.Open = ""
		}
		delete(w.Registrations, id)
		swept.Deleted++
	}
	return swept, before + anew
}
