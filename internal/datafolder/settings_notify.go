package datafolder

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/notify"
	"github.com/dsappd/dsappd/internal/provision"
)

// WebhookSettings describe one receiver of what happens, by HTTP.
type WebhookSettings struct {
	Name             string        `toml:"name"`
	URL              string        `toml:"url"`
	SecretFile       string        `toml:"secret_file"`       // relative to the data folder
	SecretCredential string        `toml:"secret_credential"` // the name of a credential of systemd
	Events           []string      `toml:"events"`            // types of messages; empty: all but decisions
	CA               string        `toml:"ca"`                // file; relative to the data folder; empty: the system's
	Plain            bool          `toml:"plain"`             // without TLS beyond this machine
	Timeout          time.Duration `toml:"timeout"`
	GiveUp           time.Duration `toml:"give_up"`
}

// SyslogSettings describe the receiver of what happens by syslog.
type SyslogSettings struct {
	Address  string        `toml:"address"`  // URL; empty: there is none
	Facility string        `toml:"facility"` // by its name in syslog.conf
	Events   []string      `toml:"events"`
	CA       string        `toml:"ca"`
	Plain    bool          `toml:"plain"`
	GiveUp   time.Duration `toml:"give_up"`
}

// syslogName is the name of the sink of [syslog] among those of [[webhook]].
const syslogName = "syslog"

// Where a sink's settings say nothing.
const (
	defaultSinkTimeout = 15 * time.Second
	defaultGiveUp      = 72 * time.Hour
)

func defaultSyslog() SyslogSettings {
	return SyslogSettings{Facility: "authpriv", Events: []string{}, GiveUp: defaultGiveUp}
}

// checkSinks refuses receivers that nothing can be sent to.
func (s Settings) checkSinks() error {
	var all []error
	names := []string{syslogName}
	for _, w := range s.Webhooks {
		if err := w.check(); err != nil {
			all = append(all, err)
		}
		if slices.Contains(names, w.Name) {
			all = append(all, fmt.Errorf("webhook.name is %q twice, or the name of [syslog]", w.Name))
		}
		names = append(names, w.Name)
	}
	if s.Syslog.Address != "" {
		_, err := s.Syslog.target()
		all = append(all, err)
	}
	_, known := notify.Facilities[s.Syslog.Facility]
	if !known {
		all = append(all, fmt.Errorf("syslog.facility is %q; it must be one of %q", s.Syslog.Facility, slices.Sorted(maps.Keys(notify.Facilities))))
	}
	return errors.Join(append(all, checkEvents("syslog.events", s.Syslog.Events), within("syslog.give_up", s.Syslog.GiveUp, time.Minute, 365*24*time.Hour))...)
}

func (w WebhookSettings) check() error {
	var all []error
	if len(w.Name) < 1 || len(w.Name) > 64 || strings.ContainsFunc(w.Name, func(r rune) bool { return r <= ' ' || r > '~' || r == '/' }) {
		all = append(all, fmt.Errorf("webhook.name is %q; it must have 1 to 64 characters of visible ASCII, without a slash", w.Name))
	}
	at, err := url.Parse(w.URL)
	switch {
	case err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http":
		all = append(all, errors.New("webhook.url is no URL such as https://siem.example/dsappd"))
	case at.Scheme == "http" && !w.Plain && !onThisMachine(at.Hostname()):
		all = append(all, fmt.Errorf("webhook.url: messages name users, and would go to %s unencrypted; use https, or say plain = true", at.Host))
	}
	if (w.SecretFile == "") == (w.SecretCredential == "") {
		all = append(all, fmt.Errorf("webhook.secret_file and secret_credential: set one of them for %q", w.Name))
	}
	if w.Timeout != 0 {
		all = append(all, within("webhook.timeout", w.Timeout, 100*time.Millisecond, 5*time.Minute))
	}
	if w.GiveUp != 0 {
		all = append(all, within("webhook.give_up", w.GiveUp, time.Minute, 365*24*time.Hour))
	}
	return errors.Join(append(all, checkEvents("webhook.events", w.Events))...)
}

func checkEvents(name string, events []string) error {
	known := append(provision.Happenings(), notify.Decision)
	for _, event := range events {
		if !slices.Contains(known, event) {
			return fmt.Errorf("%s has %q; the types are %q", name, event, known)
		}
	}
	return nil
}

// onThisMachine reports whether a host is a loopback address or localhost.
func onThisMachine(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// target reads the URL of a syslog server.
func (s SyslogSettings) target() (notify.Syslog, error) {
	to := notify.Syslog{Facility: notify.Facilities[s.Facility]}
	at, err := url.Parse(s.Address)
	if err != nil {
		return to, errors.New("syslog.address is no URL such as unix:///dev/log or tls://siem.example:6514")
	}
	port := map[string]string{"udp": "514", "tcp": "601", "tls": "6514"}[at.Scheme]
	switch {
	case at.Scheme == "unix" && at.Host == "" && at.Path != "":
		to.Network, to.Address = "unixgram", at.Path
		return to, nil
	case port == "" || at.Hostname() == "":
		return to, fmt.Errorf("syslog.address is %q; it must be unix:///dev/log, udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT", s.Address)
	case at.Scheme != "tls" && !s.Plain && !onThisMachine(at.Hostname()):
		return to, fmt.Errorf("syslog.address: messages name users, and would go to %s unencrypted; use tls://, or say plain = true", at.Host)
	}
	to.Network, to.Address = at.Scheme, net.JoinHostPort(at.Hostname(), cmp.Or(at.Port(), port))
	if to.TLS = at.Scheme == "tls"; to.TLS {
		to.Network = "tcp"
	}
	return to, nil
}

// sinks makes the receivers of the settings, with the secrets in their files. The
// error wraps ErrSettings.
func (s Settings) sinks(dir string, now func() time.Time) ([]notify.Sink, error) {
	all := []notify.Sink{}
	for _, w := range s.Webhooks {
		text, err := secretText(dir, "webhook.secret_file", w.SecretFile, w.SecretCredential)
		if err != nil {
			return nil, err
		}
		secrets, err := notify.ParseSecrets([]byte(text))
		if err != nil {
			return nil, hint.Add(fmt.Errorf("%w: the secret of webhook %s: %w", ErrSettings, w.Name, err), `make one with: echo "whsec_$(openssl rand -base64 32)"`)
		}
		pool, err := authorities(dir, "webhook.ca", w.CA)
		if err != nil {
			return nil, err
		}
		all = append(all, notify.Sink{
			Name: w.Name, Types: w.Events, Timeout: cmp.Or(w.Timeout, defaultSinkTimeout), GiveUp: cmp.Or(w.GiveUp, defaultGiveUp), Version: programVersion(), Now: now,
			Webhook: &notify.Webhook{URL: w.URL, Secrets: secrets, CA: pool},
		})
	}
	if s.Syslog.Address == "" {
		return all, nil
	}
	to, err := s.Syslog.target()
	if err == nil {
		to.CA, err = authorities(dir, "syslog.ca", s.Syslog.CA)
	}
	return append(all, notify.Sink{
		Name: syslogName, Types: s.Syslog.Events, Timeout: defaultSinkTimeout, GiveUp: s.Syslog.GiveUp, Version: programVersion(), Now: now, Syslog: &to,
	}), err
}

// authorities reads the CAs of a setting's file; nil: the system's.
func authorities(dir, setting, name string) (*x509.CertPool, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(inFolder(dir, name))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrSettings, setting, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%w: %s: %s holds no certificate in PEM", ErrSettings, setting, inFolder(dir, name))
	}
	return pool, nil
}
