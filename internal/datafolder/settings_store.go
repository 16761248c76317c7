package datafolder

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/store/postgres"
)

// The engines of the setting store.engine.
const (
	engineBolt     = "bolt"
	enginePostgres = "postgres"
)

// passwordName is the file in a folder that init writes the database's password
// into.
const passwordName = "store.password"

// StoreSettings say where the records are.
type StoreSettings struct {
	Engine             string        `toml:"engine"`              // bolt or postgres
	URL                string        `toml:"url"`                 // of the database, without a password
	PasswordFile       string        `toml:"password_file"`       // relative to the data folder; empty: none
	PasswordCredential string        `toml:"password_credential"` // the name of a credential of systemd
	Connections        int           `toml:"connections"`         // that read
	Wait               time.Duration `toml:"wait"`
	Resolve            time.Duration `toml:"resolve"`
}

func defaultStore() StoreSettings {
	return StoreSettings{Engine: engineBolt, Connections: 16, Wait: 10 * time.Second, Resolve: 30 * time.Second}
}

// shared reports whether other servers may have the records, too.
func (s StoreSettings) shared() bool { return s.Engine == enginePostgres }

func (s StoreSettings) check() error {
	err := errors.Join(
		within("store.connections", s.Connections, 2, 1000),
		within("store.wait", s.Wait, 100*time.Millisecond, time.Minute),
		within("store.resolve", s.Resolve, time.Second, 5*time.Minute),
	)
	switch {
	case s.Engine != engineBolt && s.Engine != enginePostgres:
		err = errors.Join(err, fmt.Errorf("store.engine is %q; it must be %q or %q", s.Engine, engineBolt, enginePostgres))
	case s.shared() && s.URL == "":
		err = errors.Join(err, errors.New("store.url is empty; name the database: postgres://USER@HOST:PORT/DATABASE"))
	case s.PasswordFile != "" && s.PasswordCredential != "":
		err = errors.Join(err, errors.New("store.password_file and password_credential: set one of them"))
	case hasPassword(s.URL):
		err = errors.Join(err, errors.New("store.url holds a password; put it in a file that only its owner can read, and name that in store.password_file"))
	}
	return err
}

func hasPassword(databaseURL string) bool {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return false // the engine says what is wrong with it
	}
	_, has := u.User.Password()
	return has || u.Query().Has("password")
}

// maxPassword is the longest secret that is read from a file, in bytes.
const maxPassword = 4096

// password returns the database's password; empty: there is none.
func (s StoreSettings) password(dir string) (string, error) {
	if s.PasswordFile == "" && s.PasswordCredential == "" {
		return "", nil
	}
	return secretText(dir, "store.password_file", s.PasswordFile, s.PasswordCredential)
}

// secretText reads a secret from a file that only its owner may read, or from a
// credential of systemd where one is named. The error wraps ErrSettings or
// ErrOpenToOthers, and never holds what was read.
func secretText(dir, setting, name, credential string) (string, error) {
	name = inFolder(dir, name)
	if credential != "" {
		folder := os.Getenv("CREDENTIALS_DIRECTORY")
		if folder == "" {
			return "", hint.Add(fmt.Errorf("%w: systemd has given this process no credentials", ErrSettings),
				"put LoadCredential=%s:FILE into the unit", credential)
		}
		name = filepath.Join(folder, credential)
	}
	file, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", ErrSettings, setting, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", ErrSettings, setting, err)
	}
	if mode := info.Mode(); mode.Perm()&anyByOthers != 0 {
		return "", hint.Add(fmt.Errorf("%w: %s can be read by others (%v)", ErrOpenToOthers, name, mode), "chmod 600 %s", hint.ShellWord(name))
	}
	text, err := io.ReadAll(io.LimitReader(file, maxPassword))
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", ErrSettings, setting, err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// options returns the options for the engine of a folder.
func (s StoreSettings) options(dir string) (postgres.Options, error) {
	password, err := s.password(dir)
	return postgres.Options{URL: s.URL, Password: password, Pool: s.Connections, Wait: s.Wait, Resolve: s.Resolve}, err
}

// withoutPassword takes the password out of a URL.
func withoutPassword(databaseURL string) (bare, password string, err error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return "", "", fmt.Errorf("%w: the URL of the store is not of the form postgres://USER@HOST:PORT/DATABASE", ErrSettings)
	}
	query := u.Query()
	password = query.Get("password")
	if inUser, has := u.User.Password(); has {
		password, u.User = inUser, url.User(u.User.Username())
	}
	if query.Has("password") {
		query.Del("password")
		u.RawQuery = query.Encode()
	}
	return u.String(), password, nil
}

// setSetting returns the text of a settings.toml with a setting at another value,
// which is a literal of TOML. A line that sets it is replaced.
func setSetting(text, table, name, literal string) string {
	line := name + " = " + literal
	if table != "" && !strings.Contains("\n"+text, "\n["+table+"]") {
		return strings.TrimRight(text, "\n") + "\n\n[" + table + "]\n" + line + "\n"
	}
	var lines []string
	here, done := "", false
	for each := range strings.SplitSeq(text, "\n") {
		trimmed := strings.TrimSpace(each)
		if strings.HasPrefix(trimmed, "[") {
			here = strings.Trim(strings.TrimSpace(strings.Split(trimmed, "#")[0]), "[]")
		}
		key, _, is := strings.Cut(trimmed, "=")
		if is && here == table && strings.TrimSpace(key) == name && !done {
			each, done = line, true
		}
		lines = append(lines, each)
	}
	if done {
		return strings.Join(lines, "\n")
	}
	head := "[" + table + "]"
	for i, each := range lines {
		if table == "" || strings.HasPrefix(strings.TrimSpace(each), head) {
			at := i + 1
			if table == "" {
				at = i
			}
			return strings.Join(append(append(append([]string{}, lines[:at]...), line), lines[at:]...), "\n")
		}
	}
	return text
}
