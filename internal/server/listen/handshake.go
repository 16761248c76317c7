package listen

import (
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"io"
	"time"
)

// withTurns makes the private-key operations of handshakes take turns at the
// processors: these cost a server more than a client.
func withTurns(config *tls.Config, shared *Shared, timeout time.Duration) *tls.Config {
	current := config.GetConfigForClient
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		found, err := current(hello)
		if err != nil {
			return nil, err
		}
		found = found.Clone()
		pair := found.Certificates[0]
		pair.PrivateKey = keyInTurn{pair.PrivateKey, shared, below(hello.Conn), timeout}
		found.Certificates = []tls.Certificate{pair}
		return found, nil
	}
	return config
}

// keyInTurn is a certificate's key whose use, on one connection, waits for a
// turn.
type keyInTurn struct {
	key     crypto.PrivateKey
	shared  *Shared
	conn    *conn
	timeout time.Duration
}

// turn waits for a turn while the connection is open, which may have to give
// its place to another meanwhile.
func (k keyInTurn) turn() (done func(), err error) {
	ctx, cancel := context.WithTimeoutCause(k.conn.open, k.timeout, errHandshakes)
	defer cancel()
	k.conn.queue()
	defer k.conn.work()
	return k.shared.turn(ctx, k.conn.RemoteAddr().String(), k.shared.handshakes)
}

// errHandshakes ends a handshake that got no turn in its time.
var errHandshakes = errors.New("too many TLS handshakes at once")

var errNoKey = errors.New("the certificate's key cannot do what the handshake needs")

// Public implements crypto.Signer.
func (k keyInTurn) Public() crypto.PublicKey {
	if key, ok := k.key.(crypto.Signer); ok {
		return key.Public()
	}
	return nil
}

// Sign implements crypto.Signer.
func (k keyInTurn) Sign(rand io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	key, ok := k.key.(crypto.Signer)
	if !ok {
		return nil, errNoKey
	}
	done, err := k.turn()
	if err != nil {
		return nil, err
	}
	defer done()
	return key.Sign(rand, digest, options)
}

// Decrypt implements crypto.Decrypter, for RSA key exchange.
func (k keyInTurn) Decrypt(rand io.Reader, secret []byte, options crypto.DecrypterOpts) ([]byte, error) {
	key, ok := k.key.(crypto.Decrypter)
	if !ok {
		return nil, errNoKey
	}
	done, err := k.turn()
	if err != nil {
		return nil, err
	}
	defer done()
	return key.Decrypt(rand, secret, options)
}
