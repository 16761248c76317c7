package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/phone"
)

type phoneScanCommand struct {
	File         string `arg:"" name:"picture" placeholder:"PICTURE" help:"A PNG or JPEG that shows the QR code, - for stdin; or a link that opens the app."`
	ShowPassword bool   `help:"Print the activation password too."`
	ShowText     bool   `help:"Print only the text of the code, in hex. It holds the activation password."`
	JSON         bool   `name:"json" help:"Print JSON, as dsappd image reads it, errors too."`
}

func (c *phoneScanCommand) Run(std streams) error {
	scanned, err := scanGiven(std, c.File)
	switch {
	case err != nil:
		return err
	case c.ShowText:
		_, err = fmt.Fprintln(std.Out, scanned.Text)
	case scanned.Image != nil:
		err = c.printImage(std.Out, *scanned.Image)
	case scanned.Message1 != nil:
		err = c.printMessage(std.Out, scannedMessage{Kind: scanned.String(), SerialNumber: scanned.Message1.SerialNumber, Expiry: &scanned.Message1.Expiry})
	case scanned.Request != nil:
		err = c.printMessage(std.Out, scannedMessage{Kind: scanned.String(), SerialNumber: scanned.Request.Name(), Expiry: &scanned.Request.Expiry})
	default:
		err = c.printMessage(std.Out, scannedMessage{Kind: scanned.String(), SerialNumber: dsapp.InstanceName(scanned.Message2.SerialNumber, scanned.Message2.SequenceNumber)})
	}
	return err
}

// scanFile scans a picture, and says which one it was if that fails.
func scanFile(std streams, name string) (phone.Scanned, error) {
	var in io.Reader = std.In
	if name != stdin {
		file, err := os.Open(name)
		if err != nil {
			return phone.Scanned{}, err
		}
		defer file.Close()
		in = file
	}
	scanned, err := phone.Scan(in)
	if err != nil {
		return scanned, fmt.Errorf("%s: %w", name, err)
	}
	return scanned, nil
}

// linkedText returns the longest run of hex in a link that opens an app. It is
// empty if given is no link.
func linkedText(given string) string {
	if !regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:`).MatchString(given) {
		return ""
	}
	longest := ""
	for _, run := range regexp.MustCompile(`[0-9A-Fa-f]{20,}`).FindAllString(given, -1) {
		if len(run) > len(longest) {
			longest = run
		}
	}
	return longest
}

// scanGiven scans a code that is given as its text, in a link, or as a picture.
func scanGiven(std streams, given string) (phone.Scanned, error) {
	if linked := linkedText(given); linked != "" {
		given = linked
	}
	if strings.Trim(given, "0123456789ABCDEFabcdef") != "" {
		return scanFile(std, given)
	}
	scanned := phone.Recognize(given)
	if scanned.String() == (phone.Scanned{}).String() {
		_, err := dsapp.ParseImage(given) // most likely it was meant to be one
		return scanned, err
	}
	return scanned, nil
}

// imageGiven reads an activation image that is given as the text of its code or
// as a picture.
func imageGiven(std streams, given string) (dsapp.Image, error) {
	scanned, err := scanGiven(std, given)
	if err == nil && scanned.Image == nil {
		err = fmt.Errorf("--image holds an %s, not an activation image", scanned)
	}
	if err != nil {
		return dsapp.Image{}, err
	}
	return *scanned.Image, nil
}

func (c *phoneScanCommand) printImage(w io.Writer, image dsapp.Image) error {
	fields := imageFields(image)
	if !c.ShowPassword {
		fields.ActivationPassword = ""
	}
	if c.JSON {
		return printJSON(w, fields)
	}
	if !c.ShowPassword {
		fields.ActivationPassword = "[hidden]"
	}
	table := newTable(w)
	for _, row := range [][2]string{{"user", fields.UserID}, {"domain", fields.Domain}, {"registration ID", fields.RegistrationID},
		{"activation password", fields.ActivationPassword}, {"gateway ID", fields.DigipassGatewayID}} {
		fmt.Fprintf(table, "%s\t%s\n", row[0], harmless(row[1]))
	}
	return table.Flush()
}

// harmless returns a text from elsewhere as a terminal may be given it.
func harmless(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}

// scannedMessage is what may be shown of an Activation Message or a request.
type scannedMessage struct {
	Kind         string     `json:"kind"`
	SerialNumber string     `json:"serialNumber"`
	Expiry       *time.Time `json:"expiry,omitempty"`
}

func (c *phoneScanCommand) printMessage(w io.Writer, m scannedMessage) error {
	if c.JSON {
		return printJSON(w, m)
	}
	table := newTable(w)
	fmt.Fprintf(table, "%s\t%s\n", m.Kind, m.SerialNumber)
	if m.Expiry != nil {
		fmt.Fprintf(table, "good until\t%s\n", m.Expiry.Format(time.RFC3339))
	}
	return table.Flush()
}
