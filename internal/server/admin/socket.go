package admin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
)

// ErrNoServer means that nobody listens at the socket: there is none, or its
// server is gone.
const ErrNoServer = socketError("no server listens at the socket")

type socketError string

func (e socketError) Error() string { return string(e) }

// Listen makes the socket at name, mode 0600, in place of one that a killed
// server left there. The caller must hold the lock of the data folder: it is
// what says that no other server lives. Close removes the socket.
func Listen(name string) (net.Listener, error) {
	if info, err := os.Lstat(name); err == nil && info.Mode().Type() != fs.ModeSocket {
		return nil, fmt.Errorf("%s is in the way of the operators' socket and is not a socket: move it away", name)
	}
	listener, err := listenAside(name)
	if err != nil {
		return nil, fmt.Errorf("operators' socket: %w", err)
	}
	return &socket{Listener: listener, name: name}, nil
}

// listenAside makes the socket in a folder of its own that nobody else can
// enter, and moves it into place when its mode is right: so there is neither a
// moment in which others could connect nor one without a socket.
func listenAside(name string) (net.Listener, error) {
	aside := name + ".new"
	if err := os.RemoveAll(aside); err != nil {
		return nil, err
	}
	if err := os.Mkdir(aside, 0o700); err != nil {
		return nil, err
	}
	defer os.RemoveAll(aside)
	made := filepath.Join(aside, "socket")
	var listener *net.UnixListener
	err := shortened(made, func(short string) error {
		var err error
		listener, err = net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
		return err
	})
	if err != nil {
		return nil, err
	}
	listener.SetUnlinkOnClose(false) // it will not be where it was made
	err = errors.Join(os.Chmod(made, 0o600), os.Rename(made, name))
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}

// socket removes its name when it is closed.
type socket struct {
	net.Listener
	name string
}

func (s *socket) Close() error {
	err := os.Remove(s.name)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, s.Listener.Close())
}

// Dial connects to the socket at name; errors.Is(err, ErrNoServer) when
// nobody listens there.
func Dial(ctx context.Context, name string) (net.Conn, error) {
	var conn net.Conn
	err := shortened(name, func(short string) error {
		var err error
		conn, err = new(net.Dialer).DialContext(ctx, "unix", short)
		return err
	})
	switch {
	case err == nil:
		return conn, nil
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, fmt.Errorf("%s: %w", name, ErrNoServer)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%s belongs to another user: run this as the user who runs the server: %w", name, err)
	}
	return nil, fmt.Errorf("operators' socket %s: %w", name, err)
}

// Socket returns a transport to the server that listens at the socket name.
func Socket(name string) *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return Dial(ctx, name) },
	}
}

// maxSocketPath is the longest name that fits a socket address on every
// system; Linux has 108 bytes with the terminator.
const maxSocketPath = 103

// shortened calls use with a name of the same file that fits a socket
// address, however deep its folder lies.
func shortened(name string, use func(short string) error) error {
	if len(name) <= maxSocketPath {
		return use(name)
	}
	folder, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer folder.Close()
	open := fmt.Sprintf("/proc/self/fd/%d", folder.Fd())
	if _, err := os.Stat(open); err != nil {
		return fmt.Errorf("%s has %d bytes, and a socket's name at most %d on this system: choose a shorter data folder",
			name, len(name), maxSocketPath)
	}
	return use(filepath.Join(open, filepath.Base(name)))
}
