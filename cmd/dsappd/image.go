package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/dsapp/qr"
	"github.com/dsappd/dsappd/internal/atomicfile"
)

type imageCommand struct {
	Text string `arg:"" optional:"" placeholder:"HEX" help:"The text of the code: an activation image, an Activation Message or a request. Without it and the flags of the fields, dsappd reads stdin: hex, or the fields as JSON."`

	UserID             string `group:"fields" name:"user-id" placeholder:"USER" help:"Set the user ID."`
	Domain             string `group:"fields" default:"master" placeholder:"DOMAIN" help:"Set the user's domain; ${default} if not given."`
	RegistrationID     string `group:"fields" placeholder:"ID" help:"Set the registration ID."`
	ActivationPassword string `group:"fields" env:"DSAPPD_ACTIVATION_PASSWORD" placeholder:"PASSWORD" help:"Set the activation password. Other users of the machine can read it here: prefer the environment or stdin."`
	DigipassGatewayID  string `group:"fields" placeholder:"ID" help:"Set the gateway ID; may be left out."`

	Out    string `placeholder:"FILE" help:"Write FILE.png or FILE.svg, which only you can read, instead of stdout."`
	Format string `enum:"png,svg,terminal,hex," default:"" placeholder:"FORMAT" help:"Write png, svg, terminal (half blocks) or hex (the text alone); by the name of FILE if not given, and otherwise terminal on a terminal, else png."`
	Module int    `default:"6" placeholder:"PIXELS" help:"Draw modules this many pixels wide, 1 to 32; ${default} if not given."`
	JSON   bool   `name:"json" help:"Print what was written to FILE as JSON, errors too."`
}

// imageFields are those of an activation image, as JSON has them.
type imageFields struct {
	UserID             string `json:"userID"`
	Domain             string `json:"domain"`
	RegistrationID     string `json:"registrationID"`
	ActivationPassword string `json:"activationPassword,omitempty"`
	DigipassGatewayID  string `json:"digipassGatewayID"`
}

func (c *imageCommand) Run(std streams) error {
	format, err := c.format(std)
	if err != nil {
		return err
	}
	text, err := c.text(std)
	if err != nil {
		return err
	}
	picture, err := render(format, text, c.Module)
	if err != nil {
		return err
	}
	if c.Out == "" {
		_, err = std.Out.Write(picture)
		return err
	}
	if err := atomicfile.Write(c.Out, picture, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", c.Out, err)
	}
	if c.JSON {
		return printJSON(std.Out, map[string]string{"file": c.Out, "format": format})
	}
	return nil
}

func (c *imageCommand) format(std streams) (string, error) {
	out, isFile := std.Out.(*os.File)
	extension := strings.ToLower(filepath.Ext(c.Out))
	switch {
	case c.Format != "":
		return c.Format, nil
	case extension == ".png" || extension == ".svg":
		return extension[1:], nil
	case c.Out != "":
		return "", fmt.Errorf("--out is %q: give FILE.png or FILE.svg, or say the --format", c.Out)
	case isFile && term.IsTerminal(int(out.Fd())):
		return "terminal", nil
	}
	return "png", nil
}

func render(format, text string, module int) ([]byte, error) {
	switch format {
	case "png":
		return qr.PNG(text, module)
	case "svg":
		return qr.SVG(text, module)
	case "hex":
		return []byte(text + "\n"), nil
	}
	lines, err := qr.Terminal(text)
	return []byte(lines), err
}

// text returns what the code holds, from wherever it is given.
func (c *imageCommand) text(std streams) (string, error) {
	fields := imageFields{c.UserID, c.Domain, c.RegistrationID, c.ActivationPassword, c.DigipassGatewayID}
	switch byFlags := c.UserID != "" || c.RegistrationID != ""; {
	case byFlags && c.Text != "":
		return "", errors.New("give HEX or the fields of an image, not both")
	case byFlags:
		return fields.hex()
	case c.Text != "":
		return codeText(c.Text)
	}
	return imageOfStdin(std)
}

// imageOfStdin reads the hex of a text or the fields of an image.
func imageOfStdin(std streams) (string, error) {
	if in, isFile := std.In.(*os.File); isFile && term.IsTerminal(int(in.Fd())) {
		return "", errors.New("give HEX, or --user-id, --registration-id and the activation password, or either on stdin")
	}
	given, err := io.ReadAll(io.LimitReader(std.In, maxSecretInput+1))
	if err != nil {
		return "", fmt.Errorf("read stdin: %w", err)
	}
	if len(given) > maxSecretInput {
		return "", fmt.Errorf("stdin holds more than %d bytes: give the hex of one image, or its fields as JSON", maxSecretInput)
	}
	if given = bytes.TrimSpace(given); bytes.HasPrefix(given, []byte("{")) {
		return imageOfJSON(given)
	}
	return codeText(string(given))
}

func imageOfJSON(given []byte) (string, error) {
	var fields imageFields
	decoder := json.NewDecoder(bytes.NewReader(given))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&fields); err != nil || decoder.More() {
		return "", errors.New("stdin is not one JSON object with userID, domain, registrationID, activationPassword and digipassGatewayID")
	}
	fields.Domain = cmp.Or(fields.Domain, "master")
	return fields.hex()
}

func (f imageFields) hex() (string, error) {
	if f.ActivationPassword == "" {
		return "", errors.New("the activation password is missing: set DSAPPD_ACTIVATION_PASSWORD, or give the fields as JSON on stdin")
	}
	return dsapp.Image(f).Hex()
}

// codeText returns a hex text as a code holds it.
func codeText(given string) (string, error) {
	text := strings.ToUpper(given)
	if text == "" || strings.Trim(text, "0123456789ABCDEF") != "" {
		return "", errors.New("the text of a code is hex: give that of an activation image, an Activation Message or a request")
	}
	return text, nil
}
