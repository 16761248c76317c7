package datafolder

import "errors"

// What Init, Open and the others refuse. The message around a sentinel names
// the place and says how to mend it.
var (
	// ErrNoFolder means that there is no data folder at the path.
	ErrNoFolder = errors.New("no data folder")

	// ErrNoStore means that a data folder has lost its store.
	ErrNoStore = errors.New("store is missing")

	// ErrNotEmpty means that a new data folder would take the place of
	// something.
	ErrNotEmpty = errors.New("folder is not empty")

	// ErrLocked means that another process has the data folder open.
	ErrLocked = errors.New("data folder is in use")

	// ErrSchema means that another version of the program made the store.
	ErrSchema = errors.New("data folder has another schema version")

	// ErrKey means that the master key cannot be read, or is not the store's.
	ErrKey = errors.New("master key is refused")

	// ErrSettings means that settings.toml, or the status table, has faults.
	ErrSettings = errors.New("settings are refused")

	// ErrAddress means that a server cannot, or must not, listen at an address.
	ErrAddress = errors.New("address is refused")

	// ErrNoComponent means that the gateway or the page asks in the name of a
	// component that the folder lacks.
	ErrNoComponent = errors.New("component is missing")

	// ErrCertificate means that a certificate, its key or a CA is refused.
	ErrCertificate = errors.New("certificate is refused")

	// ErrDamagedStore means that the store does not hold what was written.
	ErrDamagedStore = errors.New("store is damaged")

	// ErrOpenToOthers means that others than the owner of a data folder can
	// change what is in it, or read a key there.
	ErrOpenToOthers = errors.New("data folder is open to others")

	// ErrStoreFailed means that a write to the store failed in a way that
	// leaves its newest state in doubt. The server ends: what it would answer
	// could be lost.
	ErrStoreFailed = errors.New("store is out of service")
)
