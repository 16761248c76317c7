package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/phone"
)

type phoneMDLAddDeviceCommand struct {
	phoneState
	phoneServer
}

func (c *phoneMDLAddDeviceCommand) Run(ctx context.Context, std streams) error {
	device, err := c.device(std, c.now)
	if err != nil {
		return err
	}
	return c.show(std, func(s phone.State) (shown, phone.State, error) {
		next, err := device.AddDevice(ctx, s)
		return c.added(next), next, c.wentWrong(whatFollows(s, err))
	})
}

// added tells of the instance that came last.
func (c *phoneState) added(s phone.State) shown {
	return shown{
		fmt.Sprintf("%s: opened Activation Message 2; kept in %s", lastInstance(s), c.State),
		map[string]any{"instance": lastInstance(s), "state": c.State},
	}
}

func lastInstance(s phone.State) string {
	if len(s.MDL.Instances) == 0 {
		return ""
	}
	return s.MDL.Instances[len(s.MDL.Instances)-1].Name()
}

type phoneMDLMessage2Command struct {
	phoneState
	Message string `required:"" xor:"source" placeholder:"HEX" help:"Take this Activation Message 2, as the site got it for the device code."`
	Scan    string `required:"" xor:"source" placeholder:"PICTURE" help:"Scan it from the QR code in a PNG or JPEG, - for stdin."`
}

func (c *phoneMDLMessage2Command) Run(std streams) error {
	if c.Scan != "" {
		scanned, err := scanFile(std, c.Scan)
		if err != nil {
			return err
		}
		c.Message = scanned.Text
	}
	return c.show(std, func(s phone.State) (shown, phone.State, error) {
		next, err := newDevice(c.now).TakeMessage2(s, strings.TrimSpace(c.Message))
		if errors.Is(err, dsapp.ErrAuthentication) {
			err = fmt.Errorf("%w: it was altered, or it answers another device code than the last of this phone", err)
		}
		return c.added(next), next, whatFollows(s, err)
	})
}

type phoneMDLSignatureCommand struct {
	phoneState
	phoneInstance
}

func (c *phoneMDLSignatureCommand) Run(std streams) error {
	return c.show(std, func(s phone.State) (shown, phone.State, error) {
		signature, err := s.Signature(c.Instance)
		return shown{signature, map[string]any{"signature": signature}}, s, whatFollows(s, err)
	})
}

type phoneMDLActivateCommand struct {
	phoneState
	phoneServer
	phoneInstance
	Response string `placeholder:"OTP" help:"Send what dsappd phone otp printed instead of the signature, if the policy allows it."`
}

func (c *phoneMDLActivateCommand) Run(ctx context.Context, std streams) error {
	device, err := c.device(std, c.now)
	if err != nil {
		return err
	}
	return c.show(std, func(s phone.State) (shown, phone.State, error) {
		name := cmp.Or(c.Instance, lastInstance(s))
		next, err := device.ActivateInstance(ctx, s, c.Instance, c.Response)
		if err != nil {
			return shown{}, s, c.wentWrong(whatFollows(s, err))
		}
		i, err := next.Instance(name)
		return activated(name, i.UserID, i.Domain), next, err
	})
}

type phoneMDLConfirmCommand struct {
	phoneState
	phoneInstance
}

func (c *phoneMDLConfirmCommand) Run(std streams) error {
	return c.show(std, func(s phone.State) (shown, phone.State, error) {
		next, err := s.Confirm(c.Instance)
		name := cmp.Or(c.Instance, lastInstance(s))
		return shown{name + ": activated, as the site says", map[string]any{"serialNumber": name}}, next, whatFollows(s, err)
	})
}
