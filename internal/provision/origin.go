package provision

import (
	"net/netip"
	"slices"
	"time"
)

// Origin is what a user's record remembers of an address.
type Origin struct {
	// Prefix is one address of IPv4, or the /64 of IPv6 that one host has.
	Prefix netip.Prefix

	// WrongPasswords counts those from there since the last right one.
	WrongPasswords int `json:",omitempty"`

	// RightAt is when the right password came from there, to a day.
	RightAt time.Time `json:",omitzero"`
}

const (
	// maxOrigins bounds those of a user. Wrong passwords that are forgotten
	// with the oldest still count towards OverallLockThreshold.
	maxOrigins = 16

	// familiarFor is how long an address stays familiar after a right
	// password, and refamiliar how old that may be before it is noted again.
	familiarFor = 90 * 24 * time.Hour
	refamiliar  = 24 * time.Hour
)

// originOf returns the addresses that count as the same one: who has an address
// of IPv6 has its /64 (RFC 6177).
func originOf(address netip.Addr) netip.Prefix {
	address = address.Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // no address: as if it were one
	}
	return prefix
}

// elsewhere stands in LockedFor for every address that is not familiar.
func elsewhere() netip.Prefix { return netip.PrefixFrom(netip.IPv6Unspecified(), 0) }

// origin returns what the user's record remembers of an address.
func (u User) origin(from netip.Prefix) Origin {
	for _, o := range u.Origins {
		if o.Prefix == from {
			return o
		}
	}
	return Origin{Prefix: from}
}

// familiar reports whether the right password came from an address lately.
func (o Origin) familiar(now time.Time) bool {
	return !o.RightAt.IsZero() && now.Sub(o.RightAt) < familiarFor
}

// remember puts what is now known of an address in the place of what was. The
// newest is the last one; where there is no room, the oldest of those that are
// not familiar goes, or the oldest of all.
func (u *User) remember(changed Origin, now time.Time) {
	u.Origins = slices.DeleteFunc(slices.Clone(u.Origins), func(o Origin) bool { return o.Prefix == changed.Prefix })
	if len(u.Origins) >= maxOrigins {
		oldest := max(0, slices.IndexFunc(u.Origins, func(o Origin) bool { return !o.familiar(now) }))
		u.Origins = slices.Delete(u.Origins, oldest, oldest+1)
	}
	u.Origins = append(u.Origins, changed)
}
