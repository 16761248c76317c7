package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/phone"
)

type phoneSignCommand struct {
	phoneState
	phoneSecret
	Fields []string `arg:"" name:"field" placeholder:"FIELD" help:"The data fields, 1 to 8, in the order in which the server verifies them. An empty one is ''."`
}

func (c *phoneSignCommand) Run(std streams) error {
	return c.show(std, func(s phone.State) (shown, phone.State, error) {
		instance, err := c.of(s)
		if err != nil {
			return shown{}, s, err
		}
		if instance == "" {
			signature, next, err := newDevice(c.now).Sign(s, c.Fields)
			return signed(signature), next, err
		}
		signature, err := newDevice(c.now).InstanceSign(s, instance, c.Fields)
		return signed(signature), s, err
	})
}

func signed(signature string) shown {
	return shown{signature, map[string]any{"signature": signature}}
}

type phoneAnswerCommand struct {
	phoneState
	Request string `arg:"" name:"picture" placeholder:"PICTURE" help:"A PNG or JPEG that shows the QR code, - for stdin; or the text of the code, in hex."`
}

// answeredRequest is what a request says, and the answer.
type answeredRequest struct {
	Kind         string        `json:"kind"`
	SerialNumber string        `json:"serialNumber"`
	Title        string        `json:"title"`
	Fields       []requestLine `json:"fields"`
	Answer       string        `json:"answer"`
}

type requestLine struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Run shows what the request says on stderr, so that stdout has the answer alone.
func (c *phoneAnswerCommand) Run(std streams) error {
	s, err := c.read()
	if err != nil {
		return err
	}
	scanned, err := scanGiven(std, strings.TrimSpace(c.Request))
	switch {
	case err != nil:
		return err
	case scanned.Request == nil:
		return fmt.Errorf("the code holds an %s, not a request to log in or to sign", scanned)
	}
	answered, err := newDevice(c.now).Answer(s, scanned.Text)
	switch {
	case errors.Is(err, phone.ErrRequestExpired):
		return hint.Add(err, "have the site make another")
	case errors.Is(err, dsapp.ErrAuthentication):
		return fmt.Errorf("%w: it was altered, or the secret has changed since", err)
	case err != nil:
		return err
	}
	if c.JSON {
		out := answeredRequest{Kind: answered.Kind.String(), SerialNumber: answered.Name(), Title: answered.Title, Answer: answered.Answer, Fields: []requestLine{}}
		for _, f := range answered.Fields {
			out.Fields = append(out.Fields, requestLine(f))
		}
		return printJSON(std.Out, out)
	}
	fmt.Fprintf(std.Err, "%s for %s: %s\n", answered.Kind, answered.Name(), harmless(cmp.Or(answered.Title, "(no title)")))
	for _, f := range answered.Fields {
		fmt.Fprintf(std.Err, "  %s: %s\n", harmless(cmp.Or(f.Key, "text")), harmless(f.Value))
	}
	_, err = fmt.Fprintln(std.Out, answered.Answer)
	return err
}
