package datafolder

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/passwords"

	"github.com/BurntSushi/toml"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/server/console"
	"github.com/dsappd/dsappd/internal/server/timeline"
	"github.com/dsappd/dsappd/soap"
)

// Settings are what a data folder's settings.toml holds. A setting that the
// file leaves out keeps its value of DefaultSettings.
type Settings struct {
	GatewayID    string               `toml:"gateway_id"`
	StatusTable  string               `toml:"status_table"` // file; relative to the data folder
	SOAP         SOAPSettings         `toml:"soap"`
	Gateway      GatewaySettings      `toml:"gateway"`
	Console      ConsoleSettings      `toml:"console"`
	Platform     PlatformSettings     `toml:"platform"`
	Watch        WatchSettings        `toml:"watch"`
	Operator     OperatorSettings     `toml:"operator"`
	Limits       LimitSettings        `toml:"limits"`
	Timeouts     TimeoutSettings      `toml:"timeouts"`
	PasswordHash PasswordHashSettings `toml:"password_hash"`
	Sweep        SweepSettings        `toml:"sweep"`
	Audit        AuditSettings        `toml:"audit"`
	MasterKey    MasterKeySettings    `toml:"master_key"`
	Log          LogSettings          `toml:"log"`
	Store        StoreSettings        `toml:"store"`
	Webhooks     []WebhookSettings    `toml:"webhook"`
	Syslog       SyslogSettings       `toml:"syslog"`
}

// ListenerSettings are those that every interface has which other machines
// may reach.
type ListenerSettings struct {
	Listen  string   `toml:"listen"`  // host:port; empty, where that is allowed: it is not served
	Proxies []string `toml:"proxies"` // addresses and prefixes that are asked for whom they speak
	Hosts   []string `toml:"hosts"`   // names, beside localhost, by which a loopback address may be asked without TLS

	TLS                string `toml:"tls"`                 // auto, on or off
	Certificate        string `toml:"certificate"`         // file; relative to the data folder, as the next two
	Key                string `toml:"key"`                 // file; empty: the certificate's
	ClientCA           string `toml:"client_ca"`           // file; empty: clients are not asked for certificates
	ClientCertificates string `toml:"client_certificates"` // required or optional
	LegacyTLS          bool   `toml:"legacy_tls"`          // allows RSA key exchange

	HSTS time.Duration `toml:"hsts"` // for how long browsers insist on TLS; 0: they are not told to
}

// SOAPSettings belong to the SOAP interface.
type SOAPSettings struct {
	ListenerSettings
	PublicURL string   `toml:"public_url"` // the endpoint in the WSDL; empty: the one that was asked
	Origins   []string `toml:"origins"`    // of web pages that may have a browser call
}

// GatewaySettings belong to the gateway, the REST services for phones.
type GatewaySettings struct {
	ListenerSettings
	ComponentType string `toml:"component_type"`
}

// ConsoleSettings belong to the console, the self-management page.
type ConsoleSettings struct {
	ListenerSettings
	ComponentType string        `toml:"component_type"`
	Name          string        `toml:"name"`     // at the head of every page
	Logo          string        `toml:"logo"`     // file; relative to the data folder; empty: none
	AppLink       string        `toml:"app_link"` // opens the app, with {image}; empty: none
	Idle          time.Duration `toml:"idle"`
	Session       time.Duration `toml:"session"`
	SecureCookies bool          `toml:"secure_cookies"` // browsers come over TLS to a proxy
}

// WatchSettings belong to the listener for those who watch the server.
type WatchSettings struct {
	ListenerSettings
}

// OperatorSettings belong to the operator's console.
type OperatorSettings struct {
	ListenerSettings
	Idle          time.Duration `toml:"idle"`
	Session       time.Duration `toml:"session"`
	SecureCookies bool          `toml:"secure_cookies"` // browsers come over TLS to a proxy
	Requests      int           `toml:"requests"`       // that are remembered
	RequestsMiB   int           `toml:"requests_mib"`   // that they take
}

// PlatformSettings belong to the Platform API, which is REST.
type PlatformSettings struct {
	ListenerSettings
	ComponentType string `toml:"component_type"`
}

// LimitSettings bound what peers may hold and ask for.
type LimitSettings struct {
	Connections           int `toml:"connections"`             // of each listener
	ConnectionsPerAddress int `toml:"connections_per_address"` // of each listener, once half of its are taken
	NewConnections        int `toml:"new_connections"`         // a second, of each listener, by addresses that are not known
	NewPerAddress         int `toml:"new_per_address"`         // a second, of each listener, by each of them
	HeaderBytes           int `toml:"header_bytes"`
	FreeMiB               int `toml:"free_mib"`      // of the disk, kept from strangers and new registrations
	BodiesMiB             int `toml:"bodies_mib"`    // of all requests in flight
	BodyBytes             int `toml:"body_bytes"`    // of a SOAP request, as it comes and unpacked
	MessageParts          int `toml:"message_parts"` // of a SOAP request: elements, attributes, texts and comments
}

// TimeoutSettings bound how long one peer may take, and how long the end of
// the server may.
type TimeoutSettings struct {
	ReadHeader time.Duration `toml:"read_header"`
	Read       time.Duration `toml:"read"`
	Write      time.Duration `toml:"write"`
	Idle       time.Duration `toml:"idle"`
	Pressed    time.Duration `toml:"pressed"` // in place of the others for unknown addresses, while connections are short
	Drain      time.Duration `toml:"drain"`
}

// PasswordHashSettings are the cost of Argon2id (RFC 9106) and the length of
// the queue before it.
type PasswordHashSettings struct {
	MemoryKiB   uint32 `toml:"memory_kib"`
	Passes      uint32 `toml:"passes"`
	Parallelism uint8  `toml:"parallelism"`
	Queue       int    `toml:"queue"`
}

// SweepSettings say how often the server deletes registrations that are over,
// and how long after the end of their lifetimes.
type SweepSettings struct {
	Interval  time.Duration `toml:"interval"`
	Retention time.Duration `toml:"retention"`
}

// AuditSettings say how long the audit is kept, and what it has no event for.
type AuditSettings struct {
	Retention   time.Duration `toml:"retention"`    // 0: for ever
	RefusalsMiB int           `toml:"refusals_mib"` // a day, that refusals may add which cost callers nothing; 0: without a limit
}

// LogSettings say what the server logs.
type LogSettings struct {
	Level string `toml:"level"` // debug, info, warn or error
}

// SlogLevel returns the level from which on the server logs.
func (s LogSettings) SlogLevel() (level slog.Level) {
	_ = level.UnmarshalText([]byte(s.Level)) // check has refused others
	return level
}

func (s LogSettings) check() error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, s.Level) {
		return fmt.Errorf("log.level is %q; it must be debug, info, warn or error", s.Level)
	}
	return nil
}

// MasterKeySettings say where the master key comes from: the file, unless one of
// the others is set.
type MasterKeySettings struct {
	File       string   `toml:"file"`       // relative to the data folder
	Env        string   `toml:"env"`        // the name of a variable of the environment
	Credential string   `toml:"credential"` // the name of a credential of systemd
	Command    []string `toml:"command"`    // a program and its arguments, which prints the key
}

func (s PasswordHashSettings) cost() passwords.Cost {
	return passwords.Cost{MemoryKiB: s.MemoryKiB, Time: s.Passes, Parallelism: s.Parallelism}
}

// DefaultSettings returns the settings of a new data folder.
func DefaultSettings() Settings {
	return Settings{
		GatewayID: "0123456789",
		SOAP:      SOAPSettings{ListenerSettings: defaultListener("127.0.0.1:8888"), Origins: []string{}},
		Gateway:   GatewaySettings{defaultListener("127.0.0.1:11080"), "DIGIPASS Gateway"},
		Console: ConsoleSettings{
			ListenerSettings: defaultListener("127.0.0.1:8889"), ComponentType: "Self-Management", Name: console.DefaultName, Idle: 15 * time.Minute, Session: time.Hour,
		},
		Platform: PlatformSettings{defaultListener("127.0.0.1:8890"), "Platform API"},
		Watch:    WatchSettings{defaultListener("")},
		Operator: OperatorSettings{
			ListenerSettings: defaultListener(""), Idle: time.Hour, Session: 12 * time.Hour, Requests: timeline.DefaultRequests, RequestsMiB: timeline.DefaultBytes >> 20,
		},
		Limits: LimitSettings{Connections: 1024, ConnectionsPerAddress: 256, NewConnections: 1000, NewPerAddress: 200, FreeMiB: 64, HeaderBytes: 16 << 10, BodiesMiB: 64, BodyBytes: 64 << 10, MessageParts: soap.MaxParts},
		Timeouts: TimeoutSettings{
			ReadHeader: 5 * time.Second, Read: 15 * time.Second, Write: 30 * time.Second,
			Idle: time.Minute, Pressed: 2 * time.Second, Drain: 20 * time.Second,
		},
		PasswordHash: PasswordHashSettings{MemoryKiB: 19 << 10, Passes: 2, Parallelism: 1, Queue: 64},
		Sweep:        SweepSettings{Interval: time.Minute, Retention: 7 * 24 * time.Hour},
		Audit:        AuditSettings{Retention: 400 * 24 * time.Hour, RefusalsMiB: 8},
		Log:          LogSettings{Level: "info"},
		MasterKey:    MasterKeySettings{File: keyName, Command: []string{}},
		Store:        defaultStore(),
		Syslog:       defaultSyslog(),
	}
}

func defaultListener(address string) ListenerSettings {
	return ListenerSettings{
		Listen: address, Proxies: []string{}, Hosts: []string{},
		TLS: TLSAuto, Certificate: ServerCertificate, ClientCertificates: clientsRequired,
	}
}

// ReadSettings reads settings.toml in the data folder dir. The error wraps
// ErrSettings and names every fault with its line.
func ReadSettings(dir string) (Settings, error) {
	name := filepath.Join(dir, settingsName)
	text, err := os.ReadFile(name)
	if err != nil {
		return Settings{}, hint.Add(fmt.Errorf("%w: %w", ErrSettings, err), "put the file back; an empty one will do")
	}
	settings, err := parseSettings(string(text))
	if err != nil {
		return Settings{}, fmt.Errorf("%w: %s: %w", ErrSettings, name, err)
	}
	return settings, nil
}

func parseSettings(text string) (Settings, error) {
	settings := DefaultSettings()
	meta, err := toml.Decode(text, &settings)
	if err != nil {
		return Settings{}, err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return Settings{}, unknownSettings(text, unknown)
	}
	if err := checkUnits(text, meta); err != nil {
		return Settings{}, err
	}
	return settings, withLines(text, settings.check())
}

// withLines puts before each of the joined errors that begins with the name of
// a setting the line that sets it.
func withLines(text string, err error) error {
	if joined, is := err.(interface{ Unwrap() []error }); is {
		var all []error
		for _, each := range joined.Unwrap() {
			all = append(all, withLines(text, each))
		}
		return errors.Join(all...)
	}
	if err == nil {
		return nil
	}
	name, _, _ := strings.Cut(err.Error(), " ")
	if !slices.Contains(knownSettings(), name) {
		return err
	}
	return fmt.Errorf("line %d: %w", lineOf(text, strings.Split(name, ".")), err)
}

// check refuses values that cannot be served with, all of them at once.
func (s Settings) check() error {
	return errors.Join(
		checkGatewayID(s.GatewayID),
		s.SOAP.check(),
		s.Gateway.check("gateway"),
		checkComponentType("gateway.component_type", s.Gateway.ComponentType),
		s.Console.check("console"),
		checkComponentType("console.component_type", s.Console.ComponentType),
		s.Console.checkBrand(),
		s.Platform.check("platform"),
		s.Watch.check("watch"),
		s.Operator.check("operator"),
		within("operator.idle", s.Operator.Idle, time.Second, 7*24*time.Hour),
		within("operator.session", s.Operator.Session, time.Second, 7*24*time.Hour),
		within("operator.requests", s.Operator.Requests, 1, 1<<20),
		within("operator.requests_mib", s.Operator.RequestsMiB, 1, 1<<20),
		checkComponentType("platform.component_type", s.Platform.ComponentType),
		within("console.idle", s.Console.Idle, time.Second, 24*time.Hour),
		within("console.session", s.Console.Session, time.Second, 24*time.Hour),
		within("limits.connections", s.Limits.Connections, 1, 1<<20),
		within("limits.connections_per_address", s.Limits.ConnectionsPerAddress, 1, 1<<20),
		within("limits.new_connections", s.Limits.NewConnections, 1, 1<<20),
		within("limits.new_per_address", s.Limits.NewPerAddress, 1, 1<<20),
		within("limits.free_mib", s.Limits.FreeMiB, 0, 1<<30),
		within("limits.header_bytes", s.Limits.HeaderBytes, 1<<10, 1<<20),
		within("limits.bodies_mib", s.Limits.BodiesMiB, 1, 1<<20),
		within("limits.body_bytes", s.Limits.BodyBytes, 1<<10, soap.MaxSize),
		within("limits.message_parts", s.Limits.MessageParts, 1<<8, 1<<20),
		within("timeouts.read_header", s.Timeouts.ReadHeader, time.Millisecond, time.Hour),
		within("timeouts.read", s.Timeouts.Read, time.Millisecond, time.Hour),
		within("timeouts.write", s.Timeouts.Write, time.Millisecond, time.Hour),
		within("timeouts.idle", s.Timeouts.Idle, time.Millisecond, time.Hour),
		within("timeouts.pressed", s.Timeouts.Pressed, time.Millisecond, time.Hour),
		within("timeouts.drain", s.Timeouts.Drain, time.Millisecond, time.Hour),
		s.PasswordHash.checkCost(),
		within("password_hash.queue", s.PasswordHash.Queue, 1, 1<<16),
		within("sweep.interval", s.Sweep.Interval, time.Second, 24*time.Hour),
		within("sweep.retention", s.Sweep.Retention, 0, 10*365*24*time.Hour),
		within("audit.retention", s.Audit.Retention, 0, 100*365*24*time.Hour),
		within("audit.refusals_mib", s.Audit.RefusalsMiB, 0, 1<<20),
		s.MasterKey.check(),
		s.Log.check(),
		s.Store.check(),
		s.checkSinks(),
	)
}

// checkCost says under the names of settings what Argon2id allows.
func (s PasswordHashSettings) checkCost() error {
	lanes := max(1, int(s.Parallelism))
	err := errors.Join(
		within("password_hash.parallelism", int(s.Parallelism), 1, 255),
		within("password_hash.memory_kib", int(s.MemoryKiB), 8*lanes, 4<<20),
		within("password_hash.passes", int(s.Passes), 1, 1000),
	)
	if err != nil {
		return err
	}
	return s.cost().Check()
}

func within[T int | time.Duration](name string, value, low, high T) error {
	if value < low || value > high {
		return fmt.Errorf("%s is %v; it must be between %v and %v", name, value, low, high)
	}
	return nil
}

// checkGatewayID keeps to what an activation image can carry (profile section
// 9), where a semicolon parts the fields.
func checkGatewayID(id string) error {
	for _, r := range id {
		if r <= ' ' || r > '~' || r == ';' {
			return fmt.Errorf("gateway_id is %q; it must be visible ASCII without a semicolon", id)
		}
	}
	if len(id) < 1 || len(id) > 64 {
		return fmt.Errorf("gateway_id is %d characters long; it must have 1 to 64", len(id))
	}
	return nil
}

// unknownSettings names each key with its line and the nearest known name.
func unknownSettings(text string, unknown []toml.Key) error {
	var all []error
	for _, key := range unknown {
		all = append(all, fmt.Errorf("line %d: no setting is called %q; the nearest is %q",
			lineOf(text, key), key.String(), nearestSetting(key)))
	}
	return errors.Join(all...)
}

// lineOf finds the line that sets the key: toml's metadata has the keys but
// not where they stood.
func lineOf(text string, key toml.Key) int {
	table, name := bare(key[:len(key)-1].String()), key[len(key)-1]
	here, number := "", 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if inner, ok := strings.CutPrefix(line, "["); ok {
			here, _, _ = strings.Cut(strings.TrimPrefix(inner, "["), "]")
			here = bare(here)
			if here == bare(key.String()) {
				return number
			}
		}
		left, _, found := strings.Cut(line, "=")
		left = bare(strings.TrimSpace(left))
		if found && (here == table && left == bare(name) || here == "" && left == bare(key.String())) {
			return number
		}
	}
	return 1
}

// bare returns a key without the quotes that a part of it may stand in.
func bare(key string) string { return strings.NewReplacer(`"`, "", "'", "").Replace(key) }
