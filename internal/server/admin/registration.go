package admin

import (
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// Registration is a registration as operators see it: its secrets are not.
type Registration struct {
	ID             string                      `json:"registrationID"`
	State          provision.RegistrationState `json:"state"`
	Expired        bool                        `json:"expired"` // unended, and its lifetime is over
	Domain         string                      `json:"domain"`
	UserID         string                      `json:"userID"`
	SerialNumber   string                      `json:"serialNumber"`
	ActivationType ActivationType              `json:"activationType"`
	ComponentType  string                      `json:"componentType"`
	Policy         string                      `json:"policy"`
	CreatedAt      time.Time                   `json:"createdAt"`
	ExpiresAt      time.Time                   `json:"expiresAt"`
	EndedAt        time.Time                   `json:"endedAt,omitzero"`
	Attempts       int                         `json:"attempts"`
	KeyRequests    int                         `json:"keyRequests"`
	ClosedBecause  string                      `json:"closedBecause,omitempty"`
}

func (d *Door) shownRegistration(r provision.Registration) Registration {
	return Registration{
		ID:             r.ID,
		State:          r.State,
		Expired:        r.EndedAt.IsZero() && r.Expired(d.Service.Now()),
		Domain:         r.Domain,
		UserID:         r.UserID,
		SerialNumber:   r.SerialNumber,
		ActivationType: showActivationType(r.ActivationType),
		ComponentType:  r.ComponentType,
		Policy:         r.Policy,
		CreatedAt:      r.CreatedAt.UTC(),
		ExpiresAt:      r.ExpiresAt.UTC(),
		EndedAt:        r.EndedAt.UTC(),
		Attempts:       r.Attempts,
		KeyRequests:    r.KeyRequests,
		ClosedBecause:  r.ClosedBecause,
	}
}
