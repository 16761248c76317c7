package datafolder

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/notify"
)

// reloadable lists the settings that a server takes while it serves. Whatever
// else has changed is taken by the next start.
var reloadable = []string{
	"soap.proxies", "soap.hosts", "soap.origins",
	"soap.certificate", "soap.key", "soap.client_ca", "soap.client_certificates", "soap.legacy_tls", "soap.hsts",
	"gateway.proxies", "gateway.hosts",
	"gateway.certificate", "gateway.key", "gateway.client_ca", "gateway.client_certificates", "gateway.legacy_tls", "gateway.hsts",
	"console.proxies", "console.hosts",
	"console.certificate", "console.key", "console.client_ca", "console.client_certificates", "console.legacy_tls", "console.hsts",
	"watch.proxies", "watch.hosts",
	"watch.certificate", "watch.key", "watch.client_ca", "watch.client_certificates", "watch.legacy_tls", "watch.hsts",
	"operator.proxies", "operator.hosts",
	"operator.certificate", "operator.key", "operator.client_ca", "operator.client_certificates", "operator.legacy_tls", "operator.hsts",
	"operator.secure_cookies",
	"platform.proxies", "platform.hosts",
	"platform.certificate", "platform.key", "platform.client_ca", "platform.client_certificates", "platform.legacy_tls", "platform.hsts",
	"console.name", "console.logo", "console.app_link", "console.secure_cookies",
	"limits.connections", "limits.connections_per_address", "limits.bodies_mib", "limits.body_bytes", "limits.message_parts", "limits.free_mib",
	"timeouts.drain", "sweep.retention", "audit.retention", "log.level",
	"webhook", "syslog.address", "syslog.facility", "syslog.events", "syslog.ca", "syslog.plain", "syslog.give_up",
}

// Reloaded tells what came of reading settings.toml again.
type Reloaded struct {
	Settings Settings // to serve with from now on
	Taken    []string // the names of settings that have changed, sorted
	Waiting  []string // likewise, of those that wait for the next start

	sinks []notify.Sink
}

// Reread reads settings.toml again, while the folder is served. Settings that
// only a start can take stay as they are.
func (f *Folder) Reread() (Reloaded, error) {
	if err := checkModes(f.Dir); err != nil {
		return Reloaded{}, err
	}
	next, err := ReadSettings(f.Dir)
	if err != nil {
		return Reloaded{}, err
	}
	reread := f.Current().reload(next)
	reread.sinks, err = reread.Settings.sinks(f.Dir, f.Service.Now)
	return reread, err
}

// reload takes from next what a server can take while it serves.
func (s Settings) reload(next Settings) Reloaded {
	merged := Reloaded{Settings: s, Taken: []string{}, Waiting: []string{}}
	for _, name := range knownSettings() {
		now, then := settingValue(&merged.Settings, name), settingValue(&next, name)
		switch {
		case reflect.DeepEqual(now.Interface(), then.Interface()):
		case slices.Contains(reloadable, name):
			now.Set(then)
			merged.Taken = append(merged.Taken, name)
		default:
			merged.Waiting = append(merged.Waiting, name)
		}
	}
	slices.Sort(merged.Taken)
	slices.Sort(merged.Waiting)
	return merged
}

// settingValue finds a setting by its name, such as soap.listen.
func settingValue(s *Settings, name string) reflect.Value {
	value := reflect.ValueOf(s).Elem()
	for part := range strings.SplitSeq(name, ".") {
		for _, field := range reflect.VisibleFields(value.Type()) {
			if field.Tag.Get("toml") == part {
				value = value.FieldByIndex(field.Index)
				break
			}
		}
	}
	return value
}

// Current returns the settings in force, which Apply changes.
func (f *Folder) Current() Settings {
	if changed := f.current.Load(); changed != nil {
		return *changed
	}
	return f.Settings
}

// Apply puts in force what Reread returned.
func (f *Folder) Apply(reread Reloaded) {
	f.current.Store(&reread.Settings)
	f.sinks.Store(&reread.sinks)
}
