//go:build !unix

package listen

import "net"

// pending reports whether the peer has sent what was not read yet, and whether
// it has closed the connection, which is not looked up on this system.
func pending(net.Conn) (sent, gone bool) { return false, false }

// writable reports whether there is room for what would be sent to the peer,
// which is not looked up on this system.
func writable(net.Conn) bool { return false }
