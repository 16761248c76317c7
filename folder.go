package dsappd

// What a data folder holds.
const (
	storeName    = "dsappd.db"
	keyName      = "master.key"
	settingsName = "settings.toml"
	socketName   = "admin.sock"
)
