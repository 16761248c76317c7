package provision

import (
	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/store"
)

// The kinds of records that a store keeps.
var (
	Domains = store.Kind[string, Domain]{
		Name:      "domain",
		PartNames: []string{"Name"},
		Split:     store.OnePart,
		KeyOf:     func(d Domain) string { return d.Name },
		Fields:    (*Domain).fields,
		Versioned: true,
	}
	Users = store.Kind[UserKey, User]{
		Name:      "user",
		PartNames: []string{"Domain", "UserID"},
		Split:     func(k UserKey) store.Parts { return store.Parts{k.Domain, k.UserID} },
		KeyOf:     User.Key,
		Fields:    (*User).fields,
	}
	Authenticators = store.Kind[string, Authenticator]{
		Name:      "authenticator",
		PartNames: []string{"SerialNumber"},
		Split:     store.OnePart,
		KeyOf:     func(a Authenticator) string { return a.SerialNumber },
		Fields:    (*Authenticator).fields,
	}
	Registrations = store.Kind[string, Registration]{
		Name:      "registration",
		PartNames: []string{"ID"},
		Split:     store.OnePart,
		KeyOf:     func(r Registration) string { return r.ID },
		Fields:    (*Registration).fields,
	}
	Components = store.Kind[ComponentKey, Component]{
		Name:      "component",
		PartNames: []string{"ComponentType", "Location"},
		Split:     func(k ComponentKey) store.Parts { return store.Parts{k.ComponentType, store.PrefixPart(k.Location)} },
		KeyOf:     Component.Key,
		Fields:    (*Component).fields,
		Versioned: true,
	}
	Policies = store.Kind[string, Policy]{
		Name:      "policy",
		PartNames: []string{"Name"},
		Split:     store.OnePart,
		KeyOf:     func(p Policy) string { return p.Name },
		Fields:    (*Policy).fields,
		Versioned: true, // a server of an earlier version, on the same store, goes by it
	}
	KeyChecks = store.Kind[string, KeyCheck]{
		Name:      "keycheck",
		PartNames: []string{"Name"},
		Split:     store.OnePart,
		KeyOf:     func(c KeyCheck) string { return c.Name },
		Fields:    (*KeyCheck).fields,
	}
	Expiries = store.Kind[ExpiryKey, Expiry]{
		Name:      "expiry",
		PartNames: []string{"ExpiresAt", "RegistrationID"},
		Split:     func(k ExpiryKey) store.Parts { return store.Parts{store.TimePart(k.ExpiresAt), k.RegistrationID} },
		KeyOf:     Expiry.Key,
		Fields:    (*Expiry).fields,
	}

	// PastExpiries are those that a sweep has been at.
	PastExpiries       = past(Expiries)
	FreeAuthenticators = store.Kind[FreeKey, FreeAuthenticator]{
		Name:      "free",
		PartNames: []string{"Domain", "Type", "SerialNumber"},
		Split:     func(k FreeKey) store.Parts { return store.Parts{k.Domain, string(k.Type), k.SerialNumber} },
		KeyOf:     FreeAuthenticator.Key,
		Fields:    (*FreeAuthenticator).fields,
	}
	Challenges = store.Kind[string, Challenge]{
		Name:      "challenge",
		PartNames: []string{"Key"},
		Split:     store.OnePart,
		KeyOf:     func(c Challenge) string { return c.Key },
		Fields:    (*Challenge).fields,
	}
	Strangers = store.Kind[string, Stranger]{
		Name:      "stranger",
		PartNames: []string{"Slot"},
		Split:     store.OnePart,
		KeyOf:     func(s Stranger) string { return s.Slot },
		Fields:    (*Stranger).fields,
	}
	GatewayKeys = store.Kind[string, GatewayKey]{
		Name:      "gatewaykey",
		PartNames: []string{"Name"},
		Split:     store.OnePart,
		KeyOf:     func(k GatewayKey) string { return k.Name },
		Fields:    (*GatewayKey).fields,
		Versioned: true,
	}
	Replies = store.Kind[string, Reply]{
		Name:      "reply",
		PartNames: []string{"Name"},
		Split:     store.OnePart,
		KeyOf:     func(r Reply) string { return r.Name },
		Fields:    (*Reply).fields,
	}
	ReplyExpiries = store.Kind[ReplyExpiryKey, ReplyExpiry]{
		Name:      "replyexpiry",
		PartNames: []string{"ExpiresAt", "Name"},
		Split:     func(k ReplyExpiryKey) store.Parts { return store.Parts{store.TimePart(k.ExpiresAt), k.Name} },
		KeyOf:     ReplyExpiry.Key,
		Fields:    (*ReplyExpiry).fields,
	}
	PlatformKeys = store.Kind[string, PlatformKey]{
		Name:      "platformkey",
		PartNames: []string{"Name"},
		Split:     store.OnePart,
		KeyOf:     func(k PlatformKey) string { return k.Name },
		Fields:    (*PlatformKey).fields,
		Versioned: true,
	}
	OperatorKeys = store.Kind[string, OperatorKey]{
		Name:      "operatorkey",
		PartNames: []string{"Name"},
		Split:     store.OnePart,
		KeyOf:     func(k OperatorKey) string { return k.Name },
		Fields:    (*OperatorKey).fields,
	}
	Administrators = store.Kind[UserKey, Administrator]{
		Name:      "administrator",
		PartNames: []string{"Domain", "UserID"},
		Split:     func(k UserKey) store.Parts { return store.Parts{k.Domain, k.UserID} },
		KeyOf:     Administrator.Key,
		Fields:    (*Administrator).fields,
	}
	AdminSessions = store.Kind[string, AdminSession]{
		Name:      "adminsession",
		PartNames: []string{"Digest"},
		Split:     store.OnePart,
		KeyOf:     func(s AdminSession) string { return s.Digest },
		Fields:    (*AdminSession).fields,
	}
	UserIndex = store.Kind[UserIndexKey, UserEntry]{
		Name:      "userindex",
		PartNames: []string{"Field", "Value", "Domain", "UserID"},
		Split:     func(k UserIndexKey) store.Parts { return store.Parts{string(k.Field), k.Value, k.Domain, k.UserID} },
		KeyOf:     UserEntry.Key,
		Fields:    (*UserEntry).fields,
	}
	AuthenticatorIndex = store.Kind[AuthenticatorIndexKey, AuthenticatorEntry]{
		Name:      "authenticatorindex",
		PartNames: []string{"Domain", "Assigned", "SerialNumber"},
		Split:     func(k AuthenticatorIndexKey) store.Parts { return store.Parts{k.Domain, k.Assigned, k.SerialNumber} },
		KeyOf:     AuthenticatorEntry.Key,
		Fields:    (*AuthenticatorEntry).fields,
	}
	OrgUnits = store.Kind[OrgUnitKey, OrgUnit]{
		Name:      "orgunit",
		PartNames: []string{"Domain", "Name"},
		Split:     func(k OrgUnitKey) store.Parts { return store.Parts{k.Domain, k.Name} },
		KeyOf:     OrgUnit.Key,
		Fields:    (*OrgUnit).fields,
	}
	UserAttributes = store.Kind[UserAttributeKey, UserAttribute]{
		Name:      "userattribute",
		PartNames: []string{"Domain", "UserID", "Group", "Name"},
		Split:     func(k UserAttributeKey) store.Parts { return store.Parts{k.Domain, k.UserID, k.Group, k.Name} },
		KeyOf:     UserAttribute.Key,
		Fields:    (*UserAttribute).fields,
	}
)

func past(kind store.Kind[ExpiryKey, Expiry]) store.Kind[ExpiryKey, Expiry] {
	kind.Name = "pastexpiry"
	return kind
}

// Kinds returns all of them, for Store.Check.
func Kinds() []store.AnyKind {
	return []store.AnyKind{
		Domains, Users, Authenticators, Registrations, Components, Policies, audit.Events, audit.Requests, audit.Seals, audit.Runs, audit.Anchors, audit.Followers, KeyChecks, Expiries, FreeAuthenticators, Strangers, GatewayKeys, PlatformKeys, OperatorKeys, PastExpiries, Challenges, Replies, ReplyExpiries,
		store.Versions,
		Administrators, AdminSessions, UserIndex, AuthenticatorIndex, OrgUnits, UserAttributes,
	}
}
