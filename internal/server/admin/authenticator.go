package admin

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

// Authenticator is an authenticator as operators see it: its secrets are not.
type Authenticator struct {
	SerialNumber         string                       `json:"serialNumber"`
	Domain               string                       `json:"domain"`
	State                provision.AuthenticatorState `json:"state"`
	UserID               string                       `json:"userID,omitempty"`
	Type                 oath.Type                    `json:"type"`
	Algorithm            oath.Algorithm               `json:"algorithm"`
	Digits               int                          `json:"digits"`
	ActivationType       ActivationType               `json:"activationType"`
	Bound                bool                         `json:"bound"`
	NextMovingFactor     uint64                       `json:"nextMovingFactor"`
	AssignedMovingFactor uint64                       `json:"assignedMovingFactor"`
	AssignedAt           time.Time                    `json:"assignedAt,omitzero"`
	GraceEndsAt          time.Time                    `json:"graceEndsAt,omitzero"`
	LastActivatedAt      time.Time                    `json:"lastActivatedAt,omitzero"`
	Activations          int                          `json:"activations"`
	OpenRegistration     string                       `json:"openRegistration,omitempty"`
	NotificationID       bool                         `json:"notificationID"` // one is kept
	PIN                  bool                         `json:"pin"`            // a server PIN is set
	CreatedAt            time.Time                    `json:"createdAt"`
	Licence              *Licence                     `json:"licence,omitempty"`
}

// Licence is what an authenticator for several devices has besides.
type Licence struct {
	Limit     int        `json:"limit"`
	Places    int        `json:"places"`             // taken now
	Instances []Instance `json:"instances,omitzero"` // none in a list of authenticators
}

// Instance is a device's share of a licence.
type Instance struct {
	SerialNumber   string                  `json:"serialNumber"`
	State          provision.InstanceState `json:"state"`
	DeviceType     string                  `json:"deviceType"`
	Description    string                  `json:"description,omitempty"`
	RegistrationID string                  `json:"registrationID"`
	ExpiresAt      time.Time               `json:"expiresAt"` // a pending one's place
	HoldsPlace     bool                    `json:"holdsPlace"`
	NotificationID bool                    `json:"notificationID"` // one is kept
	ActivatedAt    time.Time               `json:"activatedAt,omitzero"`
}

func showInstances(a provision.Authenticator, now time.Time) []Instance {
	out := make([]Instance, 0, len(a.Licence.Instances))
	for _, i := range a.Licence.Instances {
		out = append(out, Instance{
			SerialNumber:   dsapp.InstanceName(a.SerialNumber, i.SequenceNumber),
			State:          i.State,
			DeviceType:     i.DeviceType.String(),
			Description:    i.Description,
			RegistrationID: i.RegistrationID,
			ExpiresAt:      i.ExpiresAt.UTC(),
			HoldsPlace:     i.HoldsPlace(now),
			NotificationID: len(i.DevicePNID) > 0,
			ActivatedAt:    i.ActivatedAt.UTC(),
		})
	}
	return out
}

// shownAuthenticator shows the whole of an authenticator.
func (d *Door) shownAuthenticator(a provision.Authenticator) Authenticator {
	out := d.listedAuthenticator(a)
	if a.Licence != nil {
		out.Licence.Instances = showInstances(a, d.Service.Now())
	}
	return out
}

// listedAuthenticator shows an authenticator without its instances.
func (d *Door) listedAuthenticator(a provision.Authenticator) Authenticator {
	out := Authenticator{
		SerialNumber:         a.SerialNumber,
		Domain:               a.Domain,
		State:                a.State,
		UserID:               a.UserID,
		Type:                 a.Type,
		Algorithm:            a.Algorithm,
		Digits:               a.Digits,
		ActivationType:       showActivationType(a.ActivationType),
		NotificationID:       len(a.DevicePNID) > 0,
		PIN:                  a.HasPIN(),
		Bound:                len(a.Diversifier) > 0,
		NextMovingFactor:     a.NextMovingFactor,
		AssignedMovingFactor: a.AssignedMovingFactor,
		AssignedAt:           a.AssignedAt.UTC(),
		GraceEndsAt:          a.GraceEndsAt.UTC(),
		LastActivatedAt:      a.LastActivatedAt.UTC(),
		Activations:          a.Activations,
		OpenRegistration:     a.OpenRegistration,
		CreatedAt:            a.CreatedAt.UTC(),
	}
	if a.Licence != nil {
		out.Licence = &Licence{Limit: a.Licence.Limit, Places: a.Licence.Places(d.Service.Now())}
	}
	return out
}

// ActivationType is provision's, by name.
type ActivationType string

// The activation types.
const (
	Online  ActivationType = "online"
	Offline ActivationType = "offline"
)

func showActivationType(t provision.ActivationType) ActivationType {
	if t == provision.Offline {
		return Offline
	}
	return Online
}

// parse reads a type; the empty one is online.
func (t ActivationType) parse() (provision.ActivationType, error) {
	switch t {
	case "", Online:
		return provision.Online, nil
	case Offline:
		return provision.Offline, nil
	}
	return 0, malformed(fmt.Sprintf("The activation type is %q: it is %q or %q.", string(t), Online, Offline))
}

// AddAuthenticator is a new authenticator. Secret is in hex; without it,
// secretSize bytes are drawn, 20 unless said. A limit makes it a licence for
// as many devices, whose type is totp, SHA256 with 6 digits.
type AddAuthenticator struct {
	SerialNumber   string         `json:"serialNumber"`
	Domain         string         `json:"domain,omitempty"`
	Type           oath.Type      `json:"type"`
	Algorithm      oath.Algorithm `json:"algorithm"`
	Digits         int            `json:"digits"`
	ActivationType ActivationType `json:"activationType,omitempty"`
	Secret         string         `json:"secret,omitempty"`
	SecretSize     int            `json:"secretSize,omitempty"`
	MovingFactor   uint64         `json:"movingFactor,omitempty"`
	ExpiresAt      time.Time      `json:"expiresAt,omitzero"` // from when on it is refused
	Limit          int            `json:"limit,omitempty"`
}

func (d *Door) addAuthenticator(ctx context.Context, operator provision.Operator, in AddAuthenticator) (provision.Authenticator, error) {
	order, err := in.domain()
	if err != nil {
		return provision.Authenticator{}, err
	}
	return d.Service.AddAuthenticator(ctx, operator, order)
}

// domain returns the order in the domain's words.
func (in AddAuthenticator) domain() (provision.AddAuthenticator, error) {
	secret, err := hex.DecodeString(in.Secret)
	if err != nil {
		// The library's words would quote the secret.
		return provision.AddAuthenticator{}, malformed("The secret is not hex: an even number of the characters 0-9, a-f and A-F.")
	}
	activationType, err := in.ActivationType.parse()
	if err != nil {
		return provision.AddAuthenticator{}, err
	}
	return provision.AddAuthenticator{
		SerialNumber:   in.SerialNumber,
		Domain:         in.Domain,
		Parameters:     oath.Parameters{Type: in.Type, Algorithm: in.Algorithm, Digits: in.Digits},
		ActivationType: activationType,
		Secret:         secret,
		SecretSize:     in.SecretSize,
		MovingFactor:   in.MovingFactor,
		ExpiresAt:      in.ExpiresAt,
		Limit:          in.Limit,
	}, nil
}
