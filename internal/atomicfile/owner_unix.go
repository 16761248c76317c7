//go:build unix

package atomicfile

import (
	"os"
	"syscall"
)

// KeepOwner gives a file the owner of another one, where the superuser works in
// somebody else's folder: a service that has that folder must be able to read
// what the superuser wrote anew.
func KeepOwner(name, like string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(like)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return os.Chown(name, int(owner.Uid), int(owner.Gid))
}
