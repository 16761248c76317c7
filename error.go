package dsappd

import "github.com/dsappd/dsappd/internal/datafolder"

// What Init, Open and Server.Close report; errors.Is finds each. The message
// around it names the place and says how to mend it.
var (
	ErrNoFolder     = datafolder.ErrNoFolder     // there is no data folder at the path
	ErrNoStore      = datafolder.ErrNoStore      // the folder has lost its store
	ErrNotEmpty     = datafolder.ErrNotEmpty     // the new folder would take the place of something
	ErrLocked       = datafolder.ErrLocked       // another process has the folder open
	ErrSchema       = datafolder.ErrSchema       // another version of the program made the store
	ErrKey          = datafolder.ErrKey          // the master key is unreadable or another store's
	ErrSettings     = datafolder.ErrSettings     // settings.toml or the status table has faults
	ErrAddress      = datafolder.ErrAddress      // the server cannot or must not listen there
	ErrNoComponent  = datafolder.ErrNoComponent  // a component that the server itself needs is missing
	ErrCertificate  = datafolder.ErrCertificate  // a certificate, its key or a CA is refused
	ErrDamagedStore = datafolder.ErrDamagedStore // the store does not hold what was written
	ErrOpenToOthers = datafolder.ErrOpenToOthers // others can change the folder or read a key there
	ErrStoreFailed  = datafolder.ErrStoreFailed  // a write failed, and the server ended
)
