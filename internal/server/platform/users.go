package platform

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

// userObject is a user as answers name it.
type userObject struct {
	UserID         string   `json:"userID"`
	Domain         string   `json:"domain"`
	OrgUnit        string   `json:"orgUnit,omitempty"`
	Locked         bool     `json:"locked"`
	Disabled       bool     `json:"disabled"`
	Authenticators []string `json:"authenticators"` // serial numbers, of instances too
	CreatedAt      string   `json:"createdAt"`
}

// showUser reads the instances on the user's licences.
func (c *call) showUser(u provision.User) (userObject, error) {
	now := c.door.Service.Now()
	out := userObject{
		UserID: u.UserID, Domain: u.Domain, OrgUnit: u.OrgUnit, Disabled: u.Disabled,
		Locked:         !u.LockedAt.IsZero() && (u.LockedUntil.IsZero() || now.Before(u.LockedUntil)),
		Authenticators: []string{}, CreatedAt: u.CreatedAt.UTC().Format(time.RFC3339),
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

// instances are the active ones of a licence.
func instances(a provision.Authenticator) []provision.Instance {
	if a.Licence == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.Licence.Instances), func(i provision.Instance) bool { return i.State != provision.InstanceActive })
}

// named is the user in the path, as USER or USER@DOMAIN.
func (c *call) named() provision.NameUser { return provision.NameUser{UserID: c.segments["user"]} }

// getUser shows a user.
func getUser(c *call) (any, error) {
	user, err := c.door.Service.ShowUser(c.HTTP.Context(), c.named())
	if err != nil {
		return nil, err
	}
	return c.showUser(user)
}

// change is what PUT and PATCH take.
type change struct {
	staticPassword string
	orgUnit        string
	disabled       *bool
}

func readChange(o *object) change {
	in := change{
		staticPassword: o.text("staticPassword", rule{secret: true}, "passkey"),
		orgUnit:        o.text("orgUnit", rule{}, "organizationalUnit"),
	}
	if _, there := o.find([]string{"disabled"}); there {
		disabled := o.flag("disabled")
		in.disabled = &disabled
	}
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
	user, err := c.door.Service.ShowUser(c.HTTP.Context(), c.named())
	if refusal, is := errors.AsType[*provision.Error](err); is && refusal.Refusal == provision.NotFound {
		if user, err = c.addUser(in); err == nil {
			in.staticPassword = ""
		}
	}
	if err != nil {
		return nil, err
	}
	return c.changeUser(user, in)
}

// addUser makes the user. Without a password it gets one that nobody knows.
func (c *call) addUser(in change) (provision.User, error) {
	if in.staticPassword == "" {
		password, err := drawPassword(c.door.Service.Rand)
		if err != nil {
			return provision.User{}, err
		}
		in.staticPassword = password
	}
	return c.door.Service.AddUser(c.HTTP.Context(), c.operator(), provision.AddUser{
		UserID: c.named().UserID, OrgUnit: in.orgUnit, StaticPassword: in.staticPassword})
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
	user, err := c.door.Service.ShowUser(c.HTTP.Context(), c.named())
	if err != nil {
		return nil, err
	}
	return c.changeUser(user, in)
}

func (c *call) changeUser(user provision.User, in change) (any, error) {
	service, ctx, who := c.door.Service, c.HTTP.Context(), provision.NameUser{Domain: user.Domain, UserID: user.UserID}
	var err error
	if in.staticPassword != "" {
		if user, err = service.SetUserPassword(ctx, c.operator(), provision.SetUserPassword{NameUser: who, StaticPassword: in.staticPassword}); err != nil {
			return nil, err
		}
	}
	if in.disabled != nil && *in.disabled != user.Disabled {
		set := service.EnableUser
		if *in.disabled {
			set = service.DisableUser
		}
		if user, err = set(ctx, c.operator(), who); err != nil {
			return nil, err
		}
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

// unregisterUser is deleteUser with a body that names its kind.
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

// wildcard is the form of a text in which * stands for any; an empty one is of
// any text.
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
