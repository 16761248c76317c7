package certificate

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// ParseHost reads a name or an IP address that a certificate shall be for, in
// the form that certificates have it. The first label may be *.
func ParseHost(text string) (string, error) {
	if address, err := netip.ParseAddr(text); err == nil && address.Zone() == "" {
		return address.Unmap().String(), nil
	}
	rest, wild := strings.CutPrefix(text, "*.")
	profile := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))
	name, err := profile.ToASCII(strings.TrimSuffix(rest, "."))
	if err != nil {
		return "", fmt.Errorf("%q is no host: give a name, such as provisioning.example, or an IP address, without scheme or port", text)
	}
	if wild {
		name = "*." + name
	}
	return name, nil
}

// Hosts lists the names and addresses that a certificate is for.
func Hosts(c *x509.Certificate) []string {
	hosts := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		hosts = append(hosts, ip.String())
	}
	return hosts
}

func addHosts(template *x509.Certificate, hosts []string) {
	for _, host := range hosts {
		if address, err := netip.ParseAddr(host); err == nil {
			template.IPAddresses = append(template.IPAddresses, address.AsSlice())
			continue
		}
		template.DNSNames = append(template.DNSNames, host)
	}
}

// commonName returns the name for people, and for clients too old for
// alternative names. It can have 64 characters (RFC 5280, ub-common-name).
func commonName(hosts []string) string {
	for _, host := range hosts {
		if len(host) <= 64 {
			return host
		}
	}
	return ""
}
