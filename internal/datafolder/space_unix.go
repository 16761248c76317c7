//go:build unix

package datafolder

import "golang.org/x/sys/unix"

func freeSpace(dir string) (bytes uint64, known bool) {
	var found unix.Statfs_t
	if err := unix.Statfs(dir, &found); err != nil {
		return 0, false
	}
	return uint64(found.Bavail) * uint64(found.Bsize), true
}

// openFiles returns how many files this process may have open.
func openFiles() (files uint64, known bool) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, false
	}
	return uint64(limit.Cur), true
}
