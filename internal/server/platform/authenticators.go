package platform

import (
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

// authenticatorObject is an authenticator, a licence or an instance as answers
// name it.
type authenticatorObject struct {
	SerialNumber      string        `json:"serialNumber"`
	AuthenticatorType string        `json:"authenticatorType"`
	Domain            string        `json:"domain"`
	UserID            string        `json:"userID,omitempty"`
	Assigned          bool          `json:"assigned"`
	Status            string        `json:"status"`
	Applications      []application `json:"applications"`
}

// describeAuthenticator returns the authenticator itself, and behind it the
// active instances of a licence.
func describeAuthenticator(a provision.Authenticator) []authenticatorObject {
	own := authenticatorObject{
		SerialNumber: a.SerialNumber, AuthenticatorType: strings.ToUpper(string(a.Type)), Domain: a.Domain, UserID: a.UserID,
		Assigned: a.UserID != "", Status: string(a.State), Applications: []application{responseOnly(a)},
	}
	if a.Licence != nil {
		own.AuthenticatorType, own.Applications = strings.ToUpper(string(provision.MDL)), []application{}
	}
	all := []authenticatorObject{own}
	for _, i := range instances(a) {
		all = append(all, authenticatorObject{
			SerialNumber: dsapp.InstanceName(a.SerialNumber, i.SequenceNumber), AuthenticatorType: deviceTypes[i.DeviceType], Domain: a.Domain,
			UserID: a.UserID, Assigned: true, Status: string(i.State), Applications: []application{responseOnly(a), {Name: "Signature", Type: "SG"}},
		})
	}
	return all
}

type authenticatorList struct {
	Total          int                   `json:"total"`
	Authenticators []authenticatorObject `json:"authenticators"`
}

// listAuthenticators counts the authenticators that a query describes and shows
// a page of them.
func listAuthenticators(c *call) (any, error) {
	o := c.query("serialNumber", "domain", "type", "assigned", "userID", "offset", "limit")
	serial, kind, user := wildcard(o.text("serialNumber", rule{})), wildcard(strings.ToUpper(o.text("type", rule{}))), wildcard(o.text("userID", rule{}))
	assigned := o.choice("assigned", false, []string{"true", "false"})
	ask := provision.ListAuthenticators{Domain: o.text("domain", rule{}), Limit: 1000}
	p := readPage(o)
	if err := o.check(); err != nil {
		return nil, err
	}
	out := authenticatorList{Authenticators: []authenticatorObject{}}
	for {
		found, err := c.door.Service.ListAuthenticators(c.HTTP.Context(), ask)
		if err != nil {
			return nil, err
		}
		for _, a := range found.Records {
			for _, each := range describeAuthenticator(a) {
				fits := serial.MatchString(each.SerialNumber) && kind.MatchString(each.AuthenticatorType) && user.MatchString(each.UserID) &&
					(assigned == "" || (assigned == "true") == each.Assigned)
				if fits && p.holds(out.Total) {
					out.Authenticators = append(out.Authenticators, each)
				}
				if fits {
					out.Total++
				}
			}
		}
		if found.Next == nil {
			return out, nil
		}
		ask.After = *found.Next
	}
}

func (c *call) serialNumber() string { return c.segments["serialNumber"] }

// getAuthenticator shows one; the name of an instance shows the instance.
func getAuthenticator(c *call) (any, error) {
	a, err := c.door.Service.ShowAuthenticator(c.HTTP.Context(), c.serialNumber())
	if err != nil {
		return nil, err
	}
	all := describeAuthenticator(a)
	for _, each := range all {
		if each.SerialNumber == c.serialNumber() {
			return each, nil
		}
	}
	return all[0], nil
}

// deleteAuthenticator deletes one that nobody has.
func deleteAuthenticator(c *call) (any, error) {
	_, err := c.door.Service.DeleteAuthenticator(c.HTTP.Context(), c.operator(), c.serialNumber())
	return nil, err
}

// assignAuthenticator gives it to a user.
func assignAuthenticator(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	who := provision.NameUser{UserID: o.text("userID", rule{required: true}, "login"), Domain: o.text("domain", rule{})}
	if err := o.check(); err != nil {
		return nil, err
	}
	return c.assign(c.serialNumber(), who)
}

// assign names the user in full: an assignment else looks in the authenticator's
// domain.
func (c *call) assign(serialNumber string, who provision.NameUser) (any, error) {
	user, err := c.door.Service.ShowUser(c.HTTP.Context(), who)
	if err != nil {
		return nil, err
	}
	policy, err := c.ownPolicy()
	if err != nil {
		return nil, err
	}
	return decide(c, func() (provision.Authenticator, error) {
		return c.door.Service.AssignAuthenticator(c.HTTP.Context(), c.operator(), provision.AssignAuthenticator{
			SerialNumber: serialNumber, UserID: user.UserID + "@" + user.Domain, Policy: policy})
	}, showAuthenticator)
}

// unassignAuthenticator takes it from its user; an instance is deactivated.
func unassignAuthenticator(c *call) (any, error) {
	take := c.door.Service.UnassignAuthenticator
	if _, _, err := dsapp.ParseInstanceName(c.serialNumber()); err == nil {
		take = c.door.Service.DeactivateInstance
	}
	ask := func() (provision.Authenticator, error) { return take(c.HTTP.Context(), c.operator(), c.serialNumber()) }
	return decide(c, ask, showAuthenticator)
}

func showAuthenticator(a provision.Authenticator) (any, error) {
	return describeAuthenticator(a)[0], nil
}

type activationMessage struct {
	ActivationMessage string `json:"activationMessage"`
}

// generateActivationMessage makes an Activation Message 1 for a device to read.
func generateActivationMessage(c *call) (any, error) {
	if _, err := c.object(); err != nil {
		return nil, err
	}
	caller, err := c.caller()
	if err != nil {
		return nil, err
	}
	ask := func() (string, error) {
		return c.door.Service.GenerateActivationMessage(c.HTTP.Context(), caller, c.serialNumber())
	}
	return decide(c, ask, func(message string) (any, error) { return activationMessage{message}, nil })
}

type activationData struct {
	ActivationData string `json:"activationData"`
	RegistrationID string `json:"registrationID"`
	SerialNumber   string `json:"serialNumber"`
	UserID         string `json:"userID"`
	Domain         string `json:"domain"`
}

// generateActivationData hands out the activation data of a single device in the
// clear, where the policy allows it.
func generateActivationData(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	var wanted *provision.ActivationType
	switch o.choice("activationType", false, []string{"onlineSDL", "offlineSDL"}) {
	case "onlineSDL":
		wanted = new(provision.Online)
	case "offlineSDL":
		wanted = new(provision.Offline)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	caller, err := c.caller()
	if err != nil {
		return nil, err
	}
	ask := func() (provision.GenerateActivationDataResult, error) {
		return c.door.Service.GenerateActivationData(c.HTTP.Context(), caller, c.serialNumber(), wanted)
	}
	return decide(c, ask, func(r provision.GenerateActivationDataResult) (any, error) {
		return activationData{r.ActivationCode, r.RegistrationID, r.SerialNumber, r.User.UserID, r.User.Domain}, nil
	})
}
