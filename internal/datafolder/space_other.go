//go:build !unix

package datafolder

func freeSpace(string) (bytes uint64, known bool) { return 0, false }

func openFiles() (files uint64, known bool) { return 0, false }
