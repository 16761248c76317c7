package datafolder

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dsappd/dsappd/internal/provision"
)

// check also refuses a SOAP interface that is not served, without which there
// is nothing to serve.
func (s SOAPSettings) check() error {
	if s.Listen == "" {
		return CheckListen("soap.listen", s.Listen)
	}
	return errors.Join(s.ListenerSettings.check("soap"), checkPublicURL(s.PublicURL), checkOrigins(s.Origins))
}

// check checks the settings of the table of that name.
func (s ListenerSettings) check(table string) error {
	_, err := s.TrustedProxies(table)
	if s.Listen != "" {
		err = errors.Join(CheckListen(table+".listen", s.Listen), err)
	}
	if s.Certificate == "" {
		err = errors.Join(err, fmt.Errorf("%s.certificate is empty; leave it out for the data folder's", table))
	}
	return errors.Join(err,
		s.checkHosts(table),
		oneOf(table+".tls", s.TLS, TLSAuto, TLSOn, TLSOff),
		oneOf(table+".client_certificates", s.ClientCertificates, clientsRequired, clientsOptional),
		within(table+".hsts", s.HSTS, 0, 10*365*24*time.Hour),
	)
}

func oneOf(name, value string, allowed ...string) error {
	if !slices.Contains(allowed, value) {
		return fmt.Errorf("%s is %q; it must be one of %q", name, value, allowed)
	}
	return nil
}

func checkPublicURL(text string) error {
	if text == "" {
		return nil
	}
	at, err := url.Parse(text)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" || at.User != nil || at.RawQuery != "" || at.Fragment != "" {
		return fmt.Errorf("soap.public_url is %q; it must be a URL such as https://provisioning.example/, without a query", text)
	}
	return nil
}

// checkOrigins refuses what no browser sends as an origin.
func checkOrigins(origins []string) error {
	for _, origin := range origins {
		if err := http.NewCrossOriginProtection().AddTrustedOrigin(origin); err != nil {
			return fmt.Errorf("soap.origins has %q; it must be an origin, such as https://tools.example, without a path", origin)
		}
	}
	return nil
}

func checkComponentType(name, componentType string) error {
	if length := utf8.RuneCountInString(componentType); length < 1 || length > 255 {
		return fmt.Errorf("%s has %d characters; it must have 1 to 255", name, length)
	}
	return nil
}

func CheckListen(name, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%s is %q; it must be HOST:PORT, such as 127.0.0.1:8888, or port 0 for a free one", name, address)
	}
	return nil
}

// AllowedHosts returns the names of the setting hosts, and this machine's own.
func (s ListenerSettings) AllowedHosts() []string {
	own, err := os.Hostname()
	if err != nil {
		return s.Hosts
	}
	return append(slices.Clone(s.Hosts), own)
}

// AllowedHosts adds the one in public_url.
func (s SOAPSettings) AllowedHosts() []string {
	all := s.ListenerSettings.AllowedHosts()
	if at, err := url.Parse(s.PublicURL); err == nil && at.Host != "" {
		all = append(all, at.Hostname())
	}
	return all
}

// checkHosts refuses names that no Host can be.
func (s ListenerSettings) checkHosts(table string) error {
	for _, host := range s.Hosts {
		if host == "" || strings.ContainsAny(host, "/:*@ ") {
			return fmt.Errorf("%s.hosts has %q: name a host, without a port, such as \"provisioning.test\"", table, host)
		}
	}
	return nil
}

// TrustedProxies reads the setting proxies of the table of that name; the error names
// every entry that is refused.
func (s ListenerSettings) TrustedProxies(table string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	var all []error
	for _, text := range s.Proxies {
		prefix, err := provision.ParseLocation(text)
		if err == nil && prefix.Bits() == 0 {
			err = errors.New("it holds every address, and only a few can be proxies")
		}
		if err != nil {
			all = append(all, fmt.Errorf("%s.proxies has %q: %w; name an address, such as 127.0.0.1, or a prefix, such as 10.1.2.0/24", table, text, err))
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes, errors.Join(all...)
}
