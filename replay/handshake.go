package replay

import (
	"fmt"
	"io"

	"github.com/dsappd/dsappd/replay/internal/xmltree"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/srp"
)

// encrypted is an item of activation data as it is sent.
type encrypted = dsapp.EncryptedData

// encryptedItem reads an item from an element; what the element lacks is empty.
func encryptedItem(n *xmltree.Node) (name string, e encrypted) {
	name = n.Name.Local
	for _, child := range n.Children {
		switch child.Name.Local {
		case "encryptedLicenseActivationMessage":
			name, e.EncryptedData = "activationMessage", child.Text
		case "encryptedData":
			e.EncryptedData = child.Text
		case "encryptedCounter":
			e.EncryptedCounter = child.Text
		case "mac":
			e.MAC = child.Text
		}
	}
	return name, e
}

// handshake is a phone's half of a key exchange, by the names of RFC 5054.
type handshake struct {
	suite    *srp.Suite
	a, A     []byte
	B, salt  string // that K was found from, as they came
	K, M1    []byte
	identity string
}

func newHandshake(rand io.Reader) (*handshake, error) {
	suite, err := dsapp.NewSRP()
	if err != nil {
		return nil, err
	}
	h := &handshake{suite: suite, a: make([]byte, srp.PrivateSize)}
	if _, err := io.ReadFull(rand, h.a); err != nil {
		return nil, fmt.Errorf("draw a: %w", err)
	}
	h.A, err = suite.ClientPublicKey(h.a)
	return h, err
}

// agree finds K and M1 from the server's half.
func (h *handshake) agree(identity, password, serverKey, salt string) error {
	if h.K != nil && h.B == serverKey && h.salt == salt && h.identity == identity {
		return nil
	}
	B, err := dsapp.ParseEphemeralKey(serverKey)
	if err != nil {
		return fmt.Errorf("serverEphemeralPublicKey: %w", err)
	}
	s, err := dsapp.DecodeHex(salt, dsapp.SaltSize)
	if err != nil {
		return fmt.Errorf("salt: %w", err)
	}
	h.K, err = h.suite.ClientKey(h.suite.X(s, identity, password), h.a, h.A, B)
	if err != nil {
		return fmt.Errorf("serverEphemeralPublicKey: %w", err)
	}
	h.M1 = h.suite.M1(identity, s, h.A, B, h.K)
	h.B, h.salt, h.identity = serverKey, salt, identity
	return nil
}

func (h *handshake) m2() []byte { return h.suite.M2(h.A, h.M1, h.K) }
