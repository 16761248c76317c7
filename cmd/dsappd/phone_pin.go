package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"github.com/dsappd/dsappd/phone"
)

// ask lets people type a PIN that was not given.
func (c *phoneState) ask(ctx context.Context, std streams, conversation func(asking) (string, error)) error {
	if c.PIN != "" {
		return nil
	}
	in, isFile := std.In.(*os.File)
	if !isFile || !term.IsTerminal(int(in.Fd())) {
		return errors.New("--pin is missing: give it, or set DSAPPD_PIN; at a terminal it is asked for")
	}
	var err error
	c.PIN, err = atTerminal(ctx, in, std.Err, conversation)
	return err
}

// choosePIN asks for a new PIN until it is one, and the same when it is
// confirmed.
func choosePIN(ask asking) (string, error) {
	for words := "Choose a PIN: "; ; {
		pin, err := ask(words)
		if err != nil {
			return "", err
		}
		if err := phone.CheckPIN(pin); err != nil {
			words = fmt.Sprintf("%v.\nChoose a PIN: ", err)
			continue
		}
		again, err := ask("Confirm the PIN: ")
		if err != nil {
			return "", err
		}
		if pin == again {
			return pin, nil
		}
		words = "The two differ.\nChoose a PIN: "
	}
}
