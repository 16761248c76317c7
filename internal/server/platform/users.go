package platform

import (
	"cmp"
	"errors"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

// userObject is a user as answers name it.
type userObject struct {
	UserID  string `json:"userID"`
	Domain  string `json:"domain"`
	OrgUnit string `json:"orgUnit,omitempty"`

	EmailAddress      string `json:"emailAddress,omitempty"`
	MobilePhoneNumber string `json:"mobilePhoneNumber,omitempty"`
	PhoneNumber       string `json:"phoneNumber,omitempty"`
	UserName          string `json:"userName,omitempty"`
	Description       string `json:"description,omitempty"`
	VDPDeliveryMethod string `json:"vdpDeliveryMethod"`

	Locked         bool     `json:"locked"`
	Disabled       bool     `json:"disabled"`
	Authenticators []string `json:"authenticators"` // serial numbers, of instances too
	CreatedAt      string   `json:"createdAt"`

	// When somebody last tried to log the user in, and when that succeeded.
	LastAuthenticationRequestTime string `json:"lastAuthenticationRequestTime,omitempty"`
	LastAuthenticationTime        string `json:"lastAuthenticationTime,omitempty"`
}

// moment writes a time; the zero one is "".
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// showUser reads the instances on the user's licences.
func (c *call) showUser(u provision.User) (userObject, error) {
	now := c.door.Service.Now()
	out := userObject{
		UserID: u.UserID, Domain: u.Domain, OrgUnit: u.OrgUnit, Disabled: u.Disabled,
		Locked:       !u.LockedAt.IsZero() && (u.LockedUntil.IsZero() || now.Before(u.LockedUntil)),
		EmailAddress: u.Email, MobilePhoneNumber: u.Mobile, PhoneNumber: u.Phone, UserName: u.Name, Description: u.Description,
		VDPDeliveryMethod: cmp.Or(u.VirtualDelivery, provision.VirtualDeliveries[0]),
		Authenticators:    []string{}, CreatedAt: moment(u.CreatedAt),
		LastAuthenticationRequestTime: moment(u.LastAuthRequestAt), LastAuthenticationTime: moment(u.LastAuthAt),
	}
	for _, serialNumber := range u.SerialNumbers {
		out.Authenticators = append(out.Authenticators, serialNumber)
		a, err := c.door.Service.ShowAuthenticator(c.HTTP.Context(), serialNumber)
		if err != nil {
			return out, err
		}
		for _, each := range instances(a) {
			out.Authenticators = append(out.Authenticators, dsapp.InstanceName(serialNumber, each.SequenceNumber))
		}
	}
	return out, nil
}

// instances lists the active instances of a licence.
func instances(a provision.Authenticator) []provision.Instance {
	if a.Licence == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.Licence.Instances), func(i provision.Instance) bool { return i.State != provision.InstanceActive })
}

// named returns the user in the path, as USER or USER@DOMAIN.
func (c *call) named() provision.NameUser { return provision.NameUser{UserID: c.segments["user"]} }

// getUser shows a user.
func getUser(c *call) (any, error) {
	user, err := c.door.Service.ShowUser(c.HTTP.Context(), c.named())
	if err != nil {
		return nil, err
	}
	return c.showUser(user)
}

// readPerson reads what is said of the person. Nil: it is absent.
func readPerson(read func(name string, r rule, aliases ...string) *string) provision.UserFields {
	return provision.UserFields{
		Email:       read("emailAddress", rule{form: emailForm, takes: emailTakes}),
		Mobile:      read("mobilePhoneNumber", rule{form: phoneForm, takes: phoneTakes}),
		Phone:       read("phoneNumber", rule{form: phoneForm, takes: phoneTakes}),
		Name:        read("userName", rule{}),
		Description: read("description", rule{most: 1024}),
	}
}

// readChange reads what PUT and PATCH take.
func readChange(o *object) provision.SetUser {
	in := provision.SetUser{
		UserFields:     readPerson(o.change),
		StaticPassword: o.text("staticPassword", rule{secret: true}, "passkey"),
	}
	in.OrgUnit = o.change("orgUnit", rule{}, "organizationalUnit")
	if o.has("vdpDeliveryMethod") {
		in.VirtualDelivery = new(o.choice("vdpDeliveryMethod", false, provision.VirtualDeliveries))
	}
	in.Disabled, in.Locked = o.setting("disabled"), o.setting("locked")
	return in
}

// putUser makes a user, or changes the one that is there.
func putUser(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	in := readChange(o)
	if err := o.check(); err != nil {
		return nil, err
	}
	_, err = c.door.Service.ShowUser(c.HTTP.Context(), c.named())
	if refusal, is := errors.AsType[*provision.Error](err); is && refusal.Refusal == provision.NotFound {
		return c.addUser(in)
	}
	if err != nil {
		return nil, err
	}
	return c.changeUser(in)
}

// addUser makes the user. Without a password, none is right.
func (c *call) addUser(in provision.SetUser) (any, error) {
	user, err := c.door.Service.AddUser(c.HTTP.Context(), c.operator(), provision.AddUser{
		UserID: c.named().UserID, StaticPassword: in.StaticPassword, NoPassword: in.StaticPassword == "", UserFields: in.UserFields})
	if err != nil {
		return nil, err
	}
	return c.showUser(user)
}

// patchUser changes a user who is there.
func patchUser(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	in := readChange(o)
	if err := o.check(); err != nil {
		return nil, err
	}
	return c.changeUser(in)
}

// changeUser makes all changes or none. Without one it shows the user.
func (c *call) changeUser(in provision.SetUser) (any, error) {
	if reflect.ValueOf(in).IsZero() {
		return getUser(c)
	}
	in.NameUser = c.named()
	user, err := c.door.Service.SetUser(c.HTTP.Context(), c.operator(), in)
	if err != nil {
		return nil, err
	}
	return c.showUser(user)
}

// deleteUser deletes a user and frees what the user has.
func deleteUser(c *call) (any, error) {
	ask := func() (provision.User, error) {
		return c.door.Service.DeleteUser(c.HTTP.Context(), c.operator(), c.named())
	}
	return decide(c, ask, func(provision.User) (any, error) { return nil, nil })
}

// unregisterUser does what deleteUser does, with a body that names its kind.
func unregisterUser(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	o.choice("objectType", false, []string{"UnregisterUserInputEx", "AdaptiveUnregisterUserInput"})
	if err := o.check(); err != nil {
		return nil, err
	}
	return deleteUser(c)
}

// unlockUser opens a lock.
func unlockUser(c *call) (any, error) {
	ask := func() (provision.User, error) {
		return c.door.Service.UnlockUser(c.HTTP.Context(), c.operator(), c.named())
	}
	return decide(c, ask, func(u provision.User) (any, error) { return c.showUser(u) })
}

// resetLastAuthentication forgets when the user last logged in.
func resetLastAuthentication(c *call) (any, error) {
	ask := func() (provision.User, error) {
		return c.door.Service.ResetLastAuthentication(c.HTTP.Context(), c.operator(), c.named())
	}
	return decide(c, ask, func(u provision.User) (any, error) { return c.showUser(u) })
}

// newPassword is what reset-password answers where it drew the password.
type newPassword struct {
	StaticPassword string `json:"staticPassword,omitempty"`
}

// resetPassword sets the static password, or draws one and shows it once.
func resetPassword(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	given := o.text("staticPassword", rule{secret: true}, "newPassword", "passkey")
	if err := o.check(); err != nil {
		return nil, err
	}
	set, shown := given, ""
	if given == "" {
		if set, err = drawPassword(c.door.Service.Rand); err != nil {
			return nil, err
		}
		shown = set
	}
	ask := func() (provision.User, error) {
		return c.door.Service.SetUserPassword(c.HTTP.Context(), c.operator(), provision.SetUserPassword{NameUser: c.named(), StaticPassword: set})
	}
	return decide(c, ask, func(provision.User) (any, error) { return newPassword{shown}, nil })
}

// drawPassword draws 16 characters: 95 bits.
func drawPassword(random io.Reader) (string, error) {
	return dsapp.Draw(random, dsapp.Mixed, 16)
}

// assignToUser gives the user the named authenticator.
func assignToUser(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	serialNumber := o.text("serialNumber", rule{required: true, form: serialForm, takes: serialTakes})
	if err := o.check(); err != nil {
		return nil, err
	}
	return c.assign(serialNumber, c.named())
}

// page is the part of a list that a query asks for.
type page struct{ offset, limit int }

// defaultLimit is the vendor's.
const defaultLimit = 20

func readPage(o *object) page {
	p := page{o.number("offset", 0, 1<<31-1), o.number("limit", 0, 1000)}
	if p.limit == 0 {
		p.limit = defaultLimit
	}
	return p
}

// holds reports whether the page has the record with a number from 0.
func (p page) holds(n int) bool { return n >= p.offset && n < p.offset+p.limit }

// wildcard compiles a text in which * stands for any; an empty text matches
// any.
func wildcard(text string) *regexp.Regexp {
	if text == "" {
		text = "*"
	}
	parts := strings.Split(text, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`(?s)^` + strings.Join(parts, ".*") + `$`)
}

type userList struct {
	Total int          `json:"total"`
	Users []userObject `json:"users"`
}

// listUsers counts the users that a query describes and shows a page of them.
func listUsers(c *call) (any, error) {
	o := c.query("userID", "domain", "offset", "limit")
	wanted := wildcard(o.text("userID", rule{}))
	domain := o.text("domain", rule{})
	p := readPage(o)
	if err := o.check(); err != nil {
		return nil, err
	}
	out := userList{Users: []userObject{}}
	ask := provision.ListUsers{Domain: domain, Limit: 1000}
	for {
		found, err := c.door.Service.ListUsers(c.HTTP.Context(), ask)
		if err != nil {
			return nil, err
		}
		for _, user := range found.Records {
			if !wanted.MatchString(user.UserID) {
				continue
			}
			if p.holds(out.Total) {
				shown, err := c.showUser(user)
				if err != nil {
					return nil, err
				}
				out.Users = append(out.Users, shown)
			}
			out.Total++
		}
		if found.Next == nil {
			return out, nil
		}
		ask.After = *found.Next
	}
}
