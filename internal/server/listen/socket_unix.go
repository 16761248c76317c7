//go:build unix

package listen

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// pending reports whether the peer has sent what was not read yet, and whether
// it has closed the connection.
func pending(c net.Conn) (sent, gone bool) {
	asked := onSocket(c, func(fd int) bool {
		var one [1]byte
		n, _, err := unix.Recvfrom(fd, one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		sent = err == nil && n > 0
		gone = err == nil && n == 0
		return true
	})
	return asked && sent, asked && gone
}

// writable reports whether there is room for what would be sent to the peer.
func writable(c net.Conn) bool {
	return onSocket(c, func(fd int) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 0)
		return err == nil && n > 0
	})
}

// onSocket asks about a connection's socket; no for one that has none.
func onSocket(c net.Conn, ask func(fd int) bool) (yes bool) {
	socket, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) { yes = ask(int(fd)) })
	return err == nil && yes
}
