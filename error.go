package dsappd

import "errors"

// ErrOpenToOthers means that others than the owner of a data folder can change
// what is in it, or read a key there. The message names the place and the chmod
// that mends it.
var ErrOpenToOthers = errors.New("data folder is open to others")

// ErrStoreFailed means that a write to the store failed in a way that leaves
// its newest state in doubt. The server ends: what it would answer could be
// lost.
var ErrStoreFailed = errors.New("store is out of service")

// Error is a fault of the surroundings, in constant words; errors.Is finds it
// in what Init, Open and Check return. The message around it names the place
// and the mend.
type Error string

func (e Error) Error() string { return string(e) }

// The faults.
const (
	ErrNoFolder     = Error("no data folder")
	ErrNoStore      = Error("store is missing")
	ErrNotEmpty     = Error("folder is not empty")
	ErrLocked       = Error("data folder is in use")
	ErrSchema       = Error("data folder has another schema version")
	ErrKey          = Error("master key is refused")
	ErrSettings     = Error("settings are refused")
	ErrAddress      = Error("address is refused")
	ErrNoComponent  = Error("component is missing")
	ErrCertificate  = Error("certificate is refused")
	ErrDamagedStore = Error("store is damaged")
)
