package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/phone"
)

// phoneMDLCommand plays a device that gets a place on a licence, one step at a
// time: exchange, device-code, add-device, activate, where the phone speaks to
// the server, and message1, device-code, message2, signature, confirm, where
// the user carries everything.
type phoneMDLCommand struct {
	Exchange   phoneMDLExchangeCommand   `cmd:"" help:"Agree on a key with the server and take Activation Message 1."`
	Message1   phoneMDLMessage1Command   `cmd:"" name:"message1" help:"Take Activation Message 1 as it is typed or scanned. Nothing is sent."`
	DeviceCode phoneMDLDeviceCodeCommand `cmd:"" help:"Print a device code, a new one each time."`
	AddDevice  phoneMDLAddDeviceCommand  `cmd:"" help:"Send the last device code and take Activation Message 2."`
	Message2   phoneMDLMessage2Command   `cmd:"" name:"message2" help:"Take Activation Message 2 as it is typed or scanned. Nothing is sent."`
	Signature  phoneMDLSignatureCommand  `cmd:"" help:"Print the signature of Activation Message 2."`
	Activate   phoneMDLActivateCommand   `cmd:"" help:"Send the signature, which activates the instance."`
	Confirm    phoneMDLConfirmCommand    `cmd:"" help:"Note that the site took the signature. Nothing is sent."`
	Instances  phoneMDLInstancesCommand  `cmd:"" help:"List the instances of this phone."`
	Forget     phoneMDLForgetCommand     `cmd:"" help:"Remove an instance from this phone. The server is not told."`
}

// phoneInstance names the instance of a step.
type phoneInstance struct {
	Instance string `placeholder:"NAME" help:"Use this instance, such as VDM1000001-1; the last if not given."`
}

// whatFollows says what helps after a step that was not the phone's next.
func whatFollows(s phone.State, err error) error {
	switch {
	case errors.Is(err, phone.ErrExpired):
		return hint.Add(err, "have the site register again")
	case errors.Is(err, phone.ErrStep):
		return hint.Add(err, "next is dsappd phone mdl %s", following(s))
	}
	return err
}

// following names the step that a phone waits for. A phone whose registration
// only the site knows goes on by hand.
func following(s phone.State) string {
	o := s.MDL.Opening
	_, waits := s.Signature("")
	switch {
	case o != nil && o.DeviceCode == "":
		return "device-code"
	case o != nil && o.RegistrationID == "":
		return "message2"
	case o != nil:
		return "add-device, or message2"
	case waits != nil:
		return "exchange, or message1"
	case s.MDL.Instances[len(s.MDL.Instances)-1].RegistrationID == "":
		return "signature, and then confirm"
	}
	return "activate, or signature and then confirm"
}

type phoneMDLExchangeCommand struct {
	phoneState
	phoneServer
	phoneRegistration
}

func (c *phoneMDLExchangeCommand) Run(ctx context.Context, std streams) error {
	r, err := c.registration(std)
	if err != nil {
		return err
	}
	if _, err := dsapp.ParseActivationMessage1(r.Password); err == nil {
		return errors.New("the activation password is an Activation Message 1, which needs no exchange: give it to dsappd phone mdl message1")
	}
	s, err := c.readOrNew()
	if err != nil {
		return err
	}
	device, err := c.device(std, c.now)
	if err != nil {
		return err
	}
	return c.showFrom(std, s, func(s phone.State) (shown, phone.State, error) {
		next, err := device.ExchangeMDL(ctx, s, r)
		if errors.Is(err, phone.ErrItems) {
			err = hint.Add(err, "for a single-device authenticator there is dsappd phone exchange")
		}
		if err != nil {
			return shown{}, s, c.wentWrong(suspect(err))
		}
		return c.took(next)
	})
}

// took tells of the Activation Message 1 in a state.
func (c *phoneState) took(s phone.State) (shown, phone.State, error) {
	m, err := dsapp.ParseActivationMessage1(s.MDL.Opening.Message1)
	return shown{
		fmt.Sprintf("%s: Activation Message 1, good until %s; kept in %s", m.SerialNumber, moment(m.Expiry), c.State),
		map[string]any{"serialNumber": m.SerialNumber, "expiresAt": m.Expiry, "state": c.State},
	}, s, err
}

type phoneMDLMessage1Command struct {
	phoneState
	Message        string `placeholder:"HEX" env:"DSAPPD_ACTIVATION_PASSWORD" help:"Take this Activation Message 1. Offline, it is the activation password."`
	Image          string `xor:"source,registration" placeholder:"PICTURE" help:"Take message and registration ID from the activation image: a PNG or JPEG, - for stdin; or its text, in hex."`
	Scan           string `xor:"source" placeholder:"PICTURE" help:"Scan either from the QR code in a PNG or JPEG, - for stdin."`
	RegistrationID string `xor:"registration" placeholder:"ID" help:"Note the registration ID that register returned; without it, nothing can be sent later."`
}

// scan reads the picture: what is in it stands for one of the other flags.
func (c *phoneMDLMessage1Command) scan(std streams) error {
	scanned, err := scanFile(std, c.Scan)
	if scanned.Image != nil {
		c.Image = scanned.Text
	} else {
		c.Message = scanned.Text
	}
	return err
}

func (c *phoneMDLMessage1Command) Run(std streams) error {
	if c.Scan != "" {
		if err := c.scan(std); err != nil {
			return err
		}
	}
	if c.Image != "" {
		image, err := imageGiven(std, c.Image)
		if err != nil {
			return err
		}
		c.RegistrationID, c.Message = image.RegistrationID, image.ActivationPassword
	}
	if c.Message == "" {
		return errors.New("give --message, --image or --scan")
	}
	s, err := c.readOrNew()
	if err != nil {
		return err
	}
	return c.showFrom(std, s, func(s phone.State) (shown, phone.State, error) {
		next, err := newDevice(c.now).TakeMessage1(s, c.RegistrationID, strings.TrimSpace(c.Message))
		if err != nil {
			return shown{}, s, whatFollows(s, err)
		}
		return c.took(next)
	})
}

// deviceTypes maps what flags call them to device types.
func deviceTypes() map[string]dsapp.DeviceType {
	return map[string]dsapp.DeviceType{"ios": dsapp.IOS, "android": dsapp.Android, "hardware": dsapp.Hardware}
}

type phoneMDLDeviceCodeCommand struct {
	phoneState
	Type string `enum:"ios,android,hardware" default:"android" placeholder:"TYPE" help:"Be a device of this type: ${enum}; android if not given."`
}

func (c *phoneMDLDeviceCodeCommand) Run(std streams) error {
	kind := deviceTypes()[c.Type]
	return c.show(std, func(s phone.State) (shown, phone.State, error) {
		code, next, err := newDevice(c.now).DeviceCode(s, kind)
		return shown{code, map[string]any{"deviceCode": code}}, next, whatFollows(s, err)
	})
}

type phoneMDLInstancesCommand struct {
	phoneState
}

// phoneInstanceShown is an instance without its secrets.
type phoneInstanceShown struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Activated bool   `json:"activated"`
	UserID    string `json:"userID,omitempty"`
	Domain    string `json:"domain,omitempty"`
}

func (c *phoneMDLInstancesCommand) Run(std streams) error {
	s, err := c.read()
	if err != nil {
		return err
	}
	var shown []phoneInstanceShown
	for _, i := range s.MDL.Instances {
		shown = append(shown, phoneInstanceShown{i.Name(), i.DeviceType.String(), i.Activated, i.UserID, i.Domain})
	}
	printer := newListPrinter(std.Out, c.JSON, columns[phoneInstanceShown, string]{
		head: []string{"NAME", "TYPE", "STATE", "USER", "DOMAIN"},
		row: func(i phoneInstanceShown) []string {
			state := "Waits"
			if i.Activated {
				state = "Activated"
			}
			return []string{i.Name, i.Type, state, orDash(i.UserID), orDash(i.Domain)}
		},
	})
	if err := printer.page(shown); err != nil {
		return err
	}
	return printer.end()
}

type phoneMDLForgetCommand struct {
	phoneState
	Instance string `required:"" placeholder:"NAME" help:"Remove this instance, such as VDM1000001-1."`
}

func (c *phoneMDLForgetCommand) Run(std streams) error {
	return c.show(std, func(s phone.State) (shown, phone.State, error) {
		next, err := s.Forget(c.Instance)
		return shown{c.Instance + ": forgotten", map[string]any{"instance": c.Instance}}, next, err
	})
}
