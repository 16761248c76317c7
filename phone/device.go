package phone

import (
	"io"
	"time"

	"github.com/dsappd/dsappd/oath"
)

// Device takes the steps of a phone.
type Device struct {
	Transport Transport // not needed by what sends nothing
	Rand      io.Reader
	Now       func() time.Time

	stale bool // one-time passwords have an old moving factor, as a fault
}

func (d *Device) draw(b []byte) error {
	_, err := io.ReadFull(d.Rand, b)
	return err
}

// Registration is what the activation image tells the device, and what the
// device expects.
type Registration struct {
	ID, Password string
	// Offline is set where offline data are expected: an activation code, while
	// the rest is known beforehand.
	Offline *BuiltIn
}

// BuiltIn is what a device for offline data knows before activation: the
// parameters by its make, the serial number because the user typed it.
type BuiltIn struct {
	oath.Parameters
	SerialNumber string
}
