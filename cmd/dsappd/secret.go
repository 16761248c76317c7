package main

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/dsappd/dsappd/internal/hint"
)

// maxSecretInput bounds what is read of a file that holds one secret.
const maxSecretInput = 4 << 10

// passwordFlags say where a static password comes from: never from the
// command line, which other users of the machine can read.
type passwordFlags struct {
	PasswordFile string `xor:"password" placeholder:"FILE" help:"Read the password from the one line of FILE. Without this flag, dsappd asks for it, or reads one line from a stdin that is not a terminal."`
}

func (f passwordFlags) read(ctx context.Context, std streams) (string, error) {
	if f.PasswordFile != "" {
		return readLine(std, f.PasswordFile)
	}
	if in, ok := std.In.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		return askTwice(ctx, in, std.Err)
	}
	return readLine(std, stdin)
}

// stdin names standard input in place of a file.
const stdin = "-"

// readLine reads the one line that a file holds.
func readLine(std streams, name string) (string, error) {
	in := std.In
	if name != stdin {
		file, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer file.Close()
		in = file
	} else {
		name = "stdin"
	}
	text, err := io.ReadAll(io.LimitReader(in, maxSecretInput+1))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	line, rest, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case len(text) > maxSecretInput:
		return "", fmt.Errorf("%s holds more than %d bytes: it must hold one line", name, maxSecretInput)
	case len(rest) > 0:
		return "", fmt.Errorf("%s holds more than one line: it must hold one", name)
	case len(text) == 0:
		return "", emptySecret(name)
	}
	return strings.TrimSuffix(string(line), "\r"), nil
}

// emptySecret says how a script gives a secret, where it forgot to.
func emptySecret(name string) error {
	err := fmt.Errorf("%s is empty: it must hold one line", name)
	if name != "stdin" {
		return err
	}
	return hint.Add(err, "pipe the line in, name a file that holds it, or run this at a terminal, which asks")
}

// askTwice asks for a password at the terminal.
func askTwice(ctx context.Context, terminal *os.File, prompt io.Writer) (string, error) {
	return atTerminal(ctx, terminal, prompt, func(ask asking) (string, error) {
		first, err := ask("Password: ")
		if err != nil {
			return "", err
		}
		second, err := ask("The same again: ")
		if err == nil && first != second {
			err = errPasswordsDiffer
		}
		return first, err
	})
}

// asking asks for one secret.
type asking func(words string) (string, error)

// atTerminal asks at the terminal, which does not show what is typed, and gets
// its own ways back however the asking ends.
func atTerminal(ctx context.Context, terminal *os.File, prompt io.Writer, conversation func(asking) (string, error)) (string, error) {
	state, err := term.MakeRaw(int(terminal.Fd()))
	if err != nil {
		return "", fmt.Errorf("terminal: %w", err)
	}
	defer term.Restore(int(terminal.Fd()), state)
	type answer struct {
		secret string
		err    error
	}
	answered := make(chan answer, 1)
	go func() {
		secret, err := conversation(askOn(terminal, prompt))
		answered <- answer{secret, err}
	}()
	select {
	case a := <-answered:
		if a.err != nil {
			return "", a.err
		}
		return a.secret, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// askOn asks on a raw terminal, which gives an interrupt as the end of input.
func askOn(terminal io.Reader, prompt io.Writer) asking {
	line := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{terminal, prompt}, "")
	return func(words string) (string, error) {
		secret, err := line.ReadPassword(words)
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(line)
			return "", context.Canceled
		}
		if err != nil {
			return "", fmt.Errorf("terminal: %w", err)
		}
		return secret, nil
	}
}

const errPasswordsDiffer = secretError("the two passwords differ: nothing was changed")

type secretError string

func (e secretError) Error() string { return string(e) }

// secretFlags say where an authenticator's secret comes from.
type secretFlags struct {
	SecretHex    string `xor:"secret" placeholder:"FILE" help:"Read the secret in hex from FILE, - for stdin. Without a secret, one is drawn."`
	SecretBase32 string `name:"secret-base32" xor:"secret" placeholder:"FILE" help:"Read the secret in base32 from FILE, - for stdin."`
	SecretSize   int    `xor:"secret" placeholder:"BYTES" help:"Draw a secret of this many bytes, 10 to 64; 20 if not given. Over 20, it works for online activation data only."`
}

// read returns nil where the secret is to be drawn.
func (f secretFlags) read(std streams) ([]byte, error) {
	switch {
	case f.SecretHex != "":
		return readSecret(std, f.SecretHex, "hex", hex.DecodeString)
	case f.SecretBase32 != "":
		return readSecret(std, f.SecretBase32, "base32", decodeBase32)
	}
	return nil, nil
}

// readSecret never quotes what it read.
func readSecret(std streams, name, form string, decode func(string) ([]byte, error)) ([]byte, error) {
	line, err := readLine(std, name)
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	secret, err := decode(strings.Join(strings.Fields(line), ""))
	if err != nil || len(secret) == 0 {
		return nil, fmt.Errorf("secret: what %s holds is not %s", name, form)
	}
	return secret, nil
}

// decodeBase32 reads what authenticator apps show: either case, with or
// without padding.
func decodeBase32(s string) ([]byte, error) {
	return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(strings.ToUpper(s), "="))
}
