package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/phone"
)

// mostDevices is how many devices a licence can ever have, but for some that a
// kill uses up.
const mostDevices = 240

// device takes places on a licence and gives them back. Each instance is three
// steps: it is added, activated and deactivated.
type device struct {
	number int
	state  phone.State
}

func (d *device) name() string         { return fmt.Sprintf("device%d", d.number) }
func (d *device) serialNumber() string { return fmt.Sprintf("DEV%07d", d.number) }
func (d *device) most() int            { return 3 * mostDevices }

func (d *device) prepare(ctx context.Context, door *operators.Door) error {
	return addUser(ctx, door, d.name(), d.serialNumber(), fmt.Sprintf("a licence's secret, no. %08d", d.number), 3)
}

func (d *device) step(ctx context.Context, s *session, n int) (err error) {
	transport := s.as(licensed)
	phone := phone.Device{Transport: transport, Rand: rand.Reader, Now: time.Now}
	switch n % 3 {
	case 0:
		if err := d.open(ctx, s, phone); err != nil {
			return err
		}
		d.state, err = phone.AddDevice(ctx, d.state)
	case 1:
		if d.state.MDL.Opening != nil { // the answer was lost
			if d.state, err = phone.AddDevice(ctx, d.state); err != nil {
				return err
			}
		}
		d.state, err = phone.ActivateInstance(ctx, d.state, "", "")
	default:
		_, err = s.door.DeactivateInstance(ctx, admin.NameAuthenticator{SerialNumber: d.instance(n)})
	}
	return err
}

// open registers and makes a device code.
func (d *device) open(ctx context.Context, s *session, device phone.Device) error {
	registration, err := s.register(ctx, licensed, d.name(), staticPassword)
	if err != nil {
		return err
	}
	d.state, err = device.ExchangeMDL(ctx, phone.State{}, registration)
	if err == nil {
		_, d.state, err = device.DeviceCode(d.state, dsapp.Android)
	}
	return err
}

// instance returns the one that step n is about.
func (d *device) instance(n int) string {
	return dsapp.InstanceName(d.serialNumber(), uint8(n/3+1))
}

func (d *device) look(ctx context.Context, door *operators.Door) (int, error) {
	left, err := door.ShowAuthenticator(ctx, admin.NameAuthenticator{SerialNumber: d.serialNumber()})
	if err != nil {
		return 0, err
	}
	if left.Licence == nil {
		return 0, errors.New("it is no licence")
	}
	n := 0
	for _, i := range left.Licence.Instances {
		n += map[provision.InstanceState]int{provision.InstancePending: 1, provision.InstanceActive: 2, provision.InstanceDeactivated: 3}[i.State]
	}
	return n, nil
}
