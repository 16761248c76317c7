package pskc

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"
)

const namespace = "urn:ietf:params:xml:ns:keyprov:pskc"

// The elements that a Writer writes, in the order of the schema.
type (
	writtenPackage struct {
		XMLName xml.Name      `xml:"KeyPackage"`
		Device  writtenDevice `xml:"DeviceInfo"`
		Key     writtenKey    `xml:"Key"`
	}
	writtenDevice struct {
		Manufacturer string `xml:",omitempty"`
		SerialNo     string `xml:",omitempty"`
		Model        string `xml:",omitempty"`
		UserID       string `xml:"UserId,omitempty"`
	}
	writtenKey struct {
		ID           string            `xml:"Id,attr"`
		Algorithm    string            `xml:",attr"`
		Issuer       string            `xml:",omitempty"`
		Parameters   writtenParameters `xml:"AlgorithmParameters"`
		FriendlyName string            `xml:",omitempty"`
		Data         writtenData       `xml:"Data"`
		UserID       string            `xml:"UserId,omitempty"`
		Policy       *writtenPolicy    `xml:"Policy"`
	}
	writtenParameters struct {
		Suite          string `xml:",omitempty"`
		ResponseFormat struct {
			Encoding string `xml:",attr"`
			Length   int    `xml:",attr"`
		}
	}
	writtenData struct {
		Secret       writtenValue
		Counter      *writtenValue
		TimeInterval *writtenValue
	}
	writtenValue  struct{ PlainValue string }
	writtenPolicy struct {
		StartDate  string   `xml:",omitempty"`
		ExpiryDate string   `xml:",omitempty"`
		KeyUsage   []string `xml:"KeyUsage"`
	}
)

// Writer writes a container of PSKC 1.0 with keys in the clear.
type Writer struct {
	to      io.Writer
	encoder *xml.Encoder
	begun   bool
	err     error
}

// NewWriter returns a Writer, whose Close ends the container.
func NewWriter(to io.Writer) *Writer {
	encoder := xml.NewEncoder(to)
	encoder.Indent("  ", "  ")
	return &Writer{to: to, encoder: encoder}
}

// errWriteOnly means that a key has what a Writer does not write.
var errWriteOnly = errors.New("a key with a check digit, a PIN policy or an unknown policy cannot be written")

// Write writes one key. It needs an ID, an algorithm and a secret.
func (w *Writer) Write(key Key) error {
	if key.ID == "" || key.Algorithm == "" || len(key.Secret) == 0 {
		return errors.New("a key without ID, algorithm or secret cannot be written")
	}
	if key.CheckDigits || key.PINPolicy || key.UnknownPolicy {
		return errWriteOnly
	}
	w.begin()
	if w.err != nil {
		return w.err
	}
	p := writtenPackage{
		Device: writtenDevice{key.Manufacturer, key.SerialNo, key.Model, key.DeviceUserID},
		Key: writtenKey{ID: key.ID, Algorithm: key.Algorithm, Issuer: key.Issuer, FriendlyName: key.FriendlyName, UserID: key.UserID,
			Parameters: writtenParameters{Suite: key.Suite},
			Data:       writtenData{Secret: writtenValue{base64.StdEncoding.EncodeToString(key.Secret)}}},
	}
	p.Key.Parameters.ResponseFormat.Encoding, p.Key.Parameters.ResponseFormat.Length = key.ResponseEncoding, key.ResponseLength
	if key.Algorithm == HOTP {
		p.Key.Data.Counter = &writtenValue{strconv.FormatUint(key.Counter, 10)}
	}
	if key.TimeInterval > 0 {
		p.Key.Data.TimeInterval = &writtenValue{strconv.FormatUint(key.TimeInterval, 10)}
	}
	if len(key.KeyUsage) > 0 || !key.StartDate.IsZero() || !key.ExpiryDate.IsZero() {
		p.Key.Policy = &writtenPolicy{StartDate: date(key.StartDate), ExpiryDate: date(key.ExpiryDate), KeyUsage: slices.Clone(key.KeyUsage)}
	}
	w.err = w.encoder.Encode(p)
	return w.err
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func (w *Writer) begin() {
	if !w.begun {
		w.begun = true
		_, w.err = io.WriteString(w.to, xml.Header+`<KeyContainer Version="1.0" xmlns="`+namespace+"\">\n")
	}
}

// Close ends the container, and leaves the io.Writer open.
func (w *Writer) Close() error {
	w.begin()
	if w.err == nil {
		_, w.err = io.WriteString(w.to, "\n</KeyContainer>\n")
	}
	return w.err
}
