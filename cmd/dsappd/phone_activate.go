package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
)

type phoneActivateCommand struct {
	Image          string `group:"ways" xor:"credential" placeholder:"PICTURE" help:"Play the whole activation from the scan of a PNG or JPEG, - for stdin; or from the text of the image, in hex, or a link with it."`
	Response       string `group:"ways" xor:"credential" placeholder:"OTP" help:"Take only the last step, with what dsappd phone otp printed."`
	DerivationCode string `group:"ways" xor:"credential" placeholder:"CODE" help:"Take only the last step, with what dsappd phone derivation-code printed. It binds the phone."`

	phoneGateway     `group:"image"`
	phoneFingerprint `group:"image"`
	DeviceType       string   `group:"image" enum:"ios,android,hardware" default:"android" placeholder:"TYPE" help:"Be a device of this type on a licence for several: ${enum}; android if not given."`
	Fault            []string `group:"image" placeholder:"NAME" help:"Commit these faults on the way; dsappd phone faults lists them."`
	phoneOffline     `group:"image"`

	phoneState  `group:"all"`
	phoneServer `group:"all"`
}

// Help shows the three ways.
func (phoneActivateCommand) Help() string {
	return `There are three ways:

    dsappd phone activate --image PICTURE [--gateway URL]
    dsappd phone activate --response OTP
    dsappd phone activate --derivation-code CODE

The first is all that a phone does, from the scan of the QR code on. The others are the last step of an activation that goes step by step, after dsappd phone exchange and dsappd phone otp or derivation-code.`
}

// phoneGateway is the gateway that a whole activation speaks to, in place of
// the SOAP endpoint.
type phoneGateway struct {
	Gateway        string `placeholder:"URL" help:"Speak to this gateway instead of --url."`
	GatewayKey     string `env:"DSAPPD_GATEWAY_KEY" placeholder:"KEY" help:"Show this API key of the front end; the sample's if not given."`
	GatewayKeyFile string `placeholder:"FILE" help:"Read the API key from the one line of FILE, instead of --gateway-key."`
}

// sampleKey is the front end's in every folder that has the sample.
const sampleKey = "lab-front-key"

// samplePlatformKey opens the Platform API of every folder that has the sample.
const samplePlatformKey = "lab-platform-key"

// AfterApply leaves the PIN of a whole activation until a file is looked for.
func (c *phoneActivateCommand) AfterApply(ctx context.Context, std streams) error {
	switch whole := c.Image != ""; {
	case !whole && c.Response == "" && c.DerivationCode == "":
		return errors.New("give one of --image, --response and --derivation-code")
	case !whole && c.Gateway != "":
		return errors.New("--gateway belongs to --image: the last step alone goes to --url")
	case !whole && len(c.Fault) > 0:
		return errors.New("--fault belongs to --image")
	case !whole:
		return c.phoneState.AfterApply(ctx, std)
	}
	return c.follow(ctx)
}

func (c *phoneActivateCommand) Run(ctx context.Context, std streams) error {
	if c.Image != "" {
		return c.activateImage(ctx, std)
	}
	s, err := c.read()
	if err != nil {
		return err
	}
	device, err := c.device(std, c.now)
	if err != nil {
		return err
	}
	s, err = device.Activate(ctx, s, phone.Credential{Response: c.Response, DerivationCode: c.DerivationCode})
	if errors.Is(err, phone.ErrStep) && !s.Activated {
		return hint.Add(err, "make one with dsappd phone derivation-code")
	}
	if err != nil {
		return c.wentWrong(err)
	}
	if err := c.write(s); err != nil {
		return err
	}
	return c.print(std, activated(s.SerialNumber, s.UserID, s.Domain))
}

// activated tells of what has become active.
func activated(name, userID, domain string) shown {
	return shown{
		fmt.Sprintf("%s: activated for %s of domain %s", name, harmless(userID), harmless(domain)),
		map[string]any{"serialNumber": name, "userID": userID, "domain": domain},
	}
}

// activateImage takes every step from the scan on, or commits the faults.
func (c *phoneActivateCommand) activateImage(ctx context.Context, std streams) error {
	faults, err := c.faults()
	if err != nil {
		return err
	}
	a, err := c.activation(std)
	if err != nil {
		return err
	}
	device, err := c.wholeDevice(std)
	if err != nil {
		return err
	}
	if err := c.unlock(ctx, std); err != nil {
		return err
	}
	s, err := c.readOrNew()
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return c.try(ctx, std, device, s, a, faults)
	}
	s, err = device.ActivateImage(ctx, s, a)
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(std.Err, again)
	}
	if err != nil {
		return c.startOver(s, a, err)
	}
	return c.print(std, c.activated(s, a))
}

func (c *phoneActivateCommand) activation(std streams) (phone.Activation, error) {
	var a phone.Activation
	image, err := imageGiven(std, c.Image)
	if err != nil {
		return a, err
	}
	if _, err := dsapp.ParseActivationMessage1(image.ActivationPassword); err == nil {
		return a, errors.New("this activation is offline: its activation password is an Activation Message 1, which dsappd phone mdl message1 takes")
	}
	a = phone.Activation{
		Registration: phone.RegistrationOf(image), DeviceType: deviceTypes()[c.DeviceType], Keep: c.write,
		Progress: func(made phone.Connection) { fmt.Fprintf(std.Err, "connection %d: %s\n", made.Number, said(made.Call)) },
	}
	if a.Fingerprint, err = c.fingerprint(); err != nil {
		return a, err
	}
	a.Offline, err = c.builtIn()
	return a, err
}

// said says what a connection brought.
func said(call phone.Call) string {
	switch call {
	case phone.CallGenerateEphemeralKey:
		return "the server's ephemeral key"
	case phone.CallGenerateActivationData:
		return "the activation data"
	case phone.CallAddDevice:
		return "Activation Message 2 for the device code"
	}
	return "activated"
}

// wholeDevice speaks to the gateway if there is one, else SOAP.
func (c *phoneActivateCommand) wholeDevice(std streams) (*phone.Device, error) {
	if c.Gateway == "" {
		return c.device(std, c.now)
	}
	if err := checkURL("gateway", c.Gateway); err != nil {
		return nil, err
	}
	if c.Trace {
		return nil, errors.New("--trace prints SOAP envelopes, and --gateway sends none")
	}
	over, err := c.http()
	if err != nil {
		return nil, err
	}
	key := cmp.Or(c.GatewayKey, sampleKey)
	if c.GatewayKeyFile != "" {
		if key, err = readLine(std, c.GatewayKeyFile); err != nil {
			return nil, fmt.Errorf("--gateway-key-file: %w", err)
		}
	}
	device := newDevice(c.now)
	device.Transport = &phone.Gateway{URL: c.Gateway, Key: key, HTTP: over}
	return device, nil
}

// unlock asks for the PIN of a file that is there, and has one chosen for one
// that is not.
func (c *phoneActivateCommand) unlock(ctx context.Context, std streams) error {
	if _, err := os.Stat(c.State); errors.Is(err, fs.ErrNotExist) {
		return c.ask(ctx, std, choosePIN)
	}
	return c.phoneState.AfterApply(ctx, std)
}

func (c *phoneActivateCommand) activated(s phone.State, a phone.Activation) shown {
	name, userID, domain := s.SerialNumber, s.UserID, s.Domain
	if s.RegistrationID != a.ID {
		i := s.MDL.Instances[len(s.MDL.Instances)-1]
		name, userID, domain = i.Name(), i.UserID, i.Domain
	}
	made := activated(name, userID, domain)
	made.text += "; kept in " + c.State
	made.json["state"] = c.State
	return made
}

// again is what helps against an activation that did not come to its end.
const again = "the same command starts over from the image"

// startOver says what helps against what ended a whole activation.
func (c *phoneActivateCommand) startOver(s phone.State, a phone.Activation, err error) error {
	failed, unanswered := errors.AsType[*url.Error](err)
	refusal, refused := errors.AsType[*phone.Refusal](err)
	over := refused && refusal.ResultCodes.StatusCodeEnum == "STAT_NOT_FOUND"
	wrong := refused && refusal.ResultCodes.StatusCodeEnum == "STAT_INVCREDENTIALS"
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, phone.ErrGatewayKey):
		return hint.Add(err, "give one of the front end by --gateway-key-file")
	case unanswered && c.Gateway != "":
		return unreached(failed, "gateway", c.Gateway, "; then "+again)
	case unanswered:
		return unreached(failed, "url", c.URL, "; then "+again)
	case wrong && strings.EqualFold(refusal.Operation, "dsappSRPActivate") && s.Type == oath.TOTP:
		return hint.Add(err, "the clock of this machine may be wrong: set it, then %s; if it is right and the authenticator was unassigned just now, wait half a minute first", again)
	case over && waitsOn(s, a.ID):
		return hint.Add(err, "if the site shows %s as activated, say so with dsappd phone mdl confirm; else have the site register again", lastInstance(s))
	case over:
		return hint.Add(err, "have the site register again, which makes a new image")
	}
	return c.unexpected(suspect(err))
}

// waitsOn reports whether the last instance may be active without the phone
// knowing.
func waitsOn(s phone.State, registrationID string) bool {
	_, err := s.Signature("")
	return err == nil && s.MDL.Instances[len(s.MDL.Instances)-1].RegistrationID == registrationID
}
