package pskc

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxPackage bounds one KeyPackage, in bytes; many hold a kilobyte.
const maxPackage = 1 << 20

// Options open what is encrypted.
type Options struct {
	// Key is the shared key; nil: there is none.
	Key []byte

	// Password is what a key is derived from; empty: there is none.
	Password string

	// WithoutMAC accepts encrypted values that have no MAC although their
	// algorithm asks for one: nobody can tell whether they were changed.
	WithoutMAC bool
}

// Reader reads the keys of a container one by one.
type Reader struct {
	options Options
	bounded *bounded
	decoder *xml.Decoder
	begun   bool
	signed  bool
	cipher  keys
}

// NewReader reads a container from r. Its memory does not grow with the file.
func NewReader(r io.Reader, options Options) *Reader {
	in := &bounded{from: r}
	reader := &Reader{options: options, bounded: in, decoder: xml.NewDecoder(in)}
	reader.decoder.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("%w: the encoding %q; use UTF-8", ErrUnsupported, charset)
	}
	return reader
}

// Signed reports whether the container has a signature, as far as it was read.
// It is not verified.
func (r *Reader) Signed() bool { return r.signed }

// Next returns the next key, or io.EOF after the last. Of an error the line of
// the file is told. Errors that wrap ErrMAC, ErrUnsupported or errBadKey are of
// one key, and Next goes on after it; after any other it does not.
func (r *Reader) Next() (Key, error) {
	for {
		r.bounded.left = maxPackage
		line, _ := r.decoder.InputPos()
		token, err := r.decoder.Token()
		if errors.Is(err, io.EOF) && r.begun {
			return Key{}, io.EOF
		}
		if err != nil {
			return Key{}, r.broken(err)
		}
		start, is := token.(xml.StartElement)
		if !is {
			continue
		}
		key, is, err := r.element(start)
		if err != nil {
			return Key{}, fmt.Errorf("line %d: %w", line, err)
		}
		if is {
			return key, nil
		}
	}
}

// Continues reports whether Next goes on after an error: it was of one key.
func Continues(err error) bool {
	_, of := errors.AsType[*keyError](err)
	return of
}

// keyError is an error of one key, of which everything was read.
type keyError struct {
	id string
	error
}

func (e *keyError) Error() string { return fmt.Sprintf("key %q: %v", e.id, e.error) }
func (e *keyError) Unwrap() error { return e.error }

// element reads what begins with start; is says that it was a key.
func (r *Reader) element(start xml.StartElement) (key Key, is bool, err error) {
	if !r.begun {
		return Key{}, false, r.begin(start)
	}
	switch start.Name.Local {
	case "EncryptionKey":
		var e encryptionKey
		if err := r.decoder.DecodeElement(&e, &start); err != nil {
			return Key{}, false, r.broken(err)
		}
		return Key{}, false, r.cipher.open(e, r.options)
	case "MACMethod":
		var m macMethod
		if err := r.decoder.DecodeElement(&m, &start); err != nil {
			return Key{}, false, r.broken(err)
		}
		return Key{}, false, r.cipher.openMAC(m)
	case "KeyPackage":
		var p keyPackage
		if err := r.decoder.DecodeElement(&p, &start); err != nil {
			return Key{}, false, r.broken(err)
		}
		if p.Key == nil {
			return Key{}, false, nil // a device without a key
		}
		key, err := r.key(p)
		if err != nil {
			err = &keyError{p.Key.ID, err}
		}
		return key, true, err
	case "Signature":
		r.signed = true
	}
	return Key{}, false, r.broken(r.decoder.Skip())
}

// begin reads the container's own element.
func (r *Reader) begin(start xml.StartElement) error {
	if start.Name.Local != "KeyContainer" {
		return fmt.Errorf("%w: it begins with <%s>, not with <KeyContainer>", ErrSyntax, start.Name.Local)
	}
	version := ""
	for _, attribute := range start.Attr {
		if attribute.Name.Local == "Version" {
			version = attribute.Value
		}
	}
	if version != "1.0" {
		return fmt.Errorf("%w: its version is %q, and this program reads version 1.0 (RFC 6030)", ErrSyntax, version)
	}
	r.begun = true
	return nil
}

// broken makes an error of the file.
func (r *Reader) broken(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it ends too early", ErrSyntax)
	}
	if syntax, is := errors.AsType[*xml.SyntaxError](err); is {
		return fmt.Errorf("%w: line %d: %s", ErrSyntax, syntax.Line, syntax.Msg)
	}
	return fmt.Errorf("%w: %w", ErrSyntax, err)
}

// bounded ends when more is read than is left of one element's share.
type bounded struct {
	from io.Reader
	left int
}

var errLarge = fmt.Errorf("a part of it is larger than %d MiB", maxPackage>>20)

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLarge
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// text trims an element's content.
func text(s string) string { return strings.TrimSpace(s) }
