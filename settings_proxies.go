package dsappd

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/dsappd/dsappd/provision"
)

// proxies reads the setting proxies of the table of that name; the error names
// every entry that is refused.
func (s ListenerSettings) proxies(table string) ([]netip.Prefix, error) {
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
