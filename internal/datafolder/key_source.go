package datafolder

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/names"
)

// keyCommandTimeout is how long a command may take to print the master key.
const keyCommandTimeout = 30 * time.Second

// maxKeyText is the longest master key that is read, in bytes.
const maxKeyText = 1024

// inFolder reports whether the master key is the file that dsappd itself writes.
func (s MasterKeySettings) inFolder() bool { return s.String() == keyName }

// String names the source.
func (s MasterKeySettings) String() string {
	switch {
	case s.Env != "":
		return "variable " + s.Env
	case s.Credential != "":
		return "credential " + s.Credential
	case len(s.Command) > 0:
		return "command " + s.Command[0]
	}
	return s.File
}

func (s MasterKeySettings) check() error {
	set := 0
	for _, is := range []bool{s.Env != "", s.Credential != "", len(s.Command) > 0} {
		if is {
			set++
		}
	}
	switch {
	case set > 1:
		return errors.New("master_key.command, env and credential: set one of them")
	case set == 0 && s.File == "":
		return errors.New("master_key.file is empty; name a file, or set env, credential or command")
	case strings.ContainsAny(s.Credential, "/\\") || s.Credential == "..":
		return fmt.Errorf("master_key.credential is %q; it is the name of a credential, not of a file", s.Credential)
	}
	return nil
}

// read returns the master key of the data folder dir. The error wraps ErrKey, and
// never holds what was read.
func (s MasterKeySettings) read(ctx context.Context, dir string) ([]byte, error) {
	switch {
	case s.Env != "":
		return s.fromEnv()
	case s.Credential != "":
		folder := os.Getenv("CREDENTIALS_DIRECTORY")
		if folder == "" {
			return nil, hint.Add(fmt.Errorf("%w: systemd has given this process no credentials", ErrKey),
				"put LoadCredential=%s:FILE into the unit; a command beside the server is given the key by master_key.file or env", s.Credential)
		}
		return readKey(filepath.Join(folder, s.Credential))
	case len(s.Command) > 0:
		return s.fromCommand(ctx)
	case filepath.IsAbs(s.File):
		return readKey(s.File)
	}
	return readKey(filepath.Join(dir, s.File))
}

func (s MasterKeySettings) fromEnv() ([]byte, error) {
	text, there := os.LookupEnv(s.Env)
	if !there {
		return nil, hint.Add(fmt.Errorf("%w: the environment has no variable %s", ErrKey, s.Env), "set it to the key in hex or base64")
	}
	key, err := parseKey([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("%w: the variable %s %w", ErrKey, s.Env, err)
	}
	return key, nil
}

func (s MasterKeySettings) fromCommand(ctx context.Context) ([]byte, error) {
	running, cancel := context.WithTimeout(ctx, keyCommandTimeout)
	defer cancel()
	command := exec.CommandContext(running, s.Command[0], s.Command[1:]...)
	command.WaitDelay = time.Second
	var out, complaint limitedBuffer
	command.Stdout, command.Stderr = &out, &complaint
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("%w: the command %s: %w: %s", ErrKey, s.Command[0], err, names.Shown(strings.TrimSpace(string(complaint.kept))))
	}
	key, err := parseKey(out.kept)
	if err != nil {
		return nil, fmt.Errorf("%w: what the command %s prints %w", ErrKey, s.Command[0], err)
	}
	return key, nil
}

// limitedBuffer keeps the first maxKeyText bytes and one more.
type limitedBuffer struct{ kept []byte }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	b.kept = append(b.kept, p[:min(len(p), maxKeyText+1-len(b.kept))]...)
	return len(p), nil
}

// parseKey reads a key as it is, in hex or in base64.
func parseKey(text []byte) ([]byte, error) {
	if len(text) == keySize {
		return bytes.Clone(text), nil
	}
	trimmed := strings.TrimSpace(string(text))
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString, base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	} {
		if key, err := decode(trimmed); err == nil && len(key) == keySize {
			return key, nil
		}
	}
	return nil, fmt.Errorf("holds %d bytes, not %d, nor as many in hex or base64", len(text), keySize)
}

// readKey reads a master key from a file, and refuses, with ErrKey, one that is
// missing, open to others or no key.
func readKey(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, hint.Add(fmt.Errorf("%w: %w; without the key of this folder its secrets stay shut", ErrKey, err), "bring it back from a backup")
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a file", ErrKey, name)
	}
	if mode := info.Mode(); mode.Perm()&0o077 != 0 {
		return nil, hint.Add(fmt.Errorf("%w: %s can be read by others (%v)", ErrKey, name, mode), "chmod 600 %s", hint.ShellWord(name))
	}
	text, err := io.ReadAll(io.LimitReader(file, maxKeyText+1))
	if err != nil {
		return nil, fmt.Errorf("%w: read %s: %w", ErrKey, name, err)
	}
	key, err := parseKey(text)
	if err != nil {
		return nil, hint.Add(fmt.Errorf("%w: %s %w", ErrKey, name, err), "bring it back from a backup")
	}
	return key, nil
}

// ReadMasterKey reads a master key from a file of its owner's. The error wraps
// ErrKey.
func ReadMasterKey(name string) ([]byte, error) { return readKey(name) }

// ParseMasterKey reads a master key as it is, in hex or in base64. The error wraps
// ErrKey.
func ParseMasterKey(text []byte) ([]byte, error) {
	key, err := parseKey(text)
	if err != nil {
		return nil, fmt.Errorf("%w: what was given %w", ErrKey, err)
	}
	return key, nil
}
