package transcript

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
)

// Parameters returns the parameters of an authenticator's one-time passwords,
// with what is left out filled in.
func (a Authenticator) Parameters() oath.Parameters {
	if a.Limit > 0 {
		return dsapp.InstanceParameters()
	}
	return oath.Parameters{
		Type:      oath.Type(cmp.Or(a.Type, string(oath.TOTP))),
		Algorithm: oath.Algorithm(cmp.Or(a.Algorithm, string(oath.SHA1))),
		Digits:    cmp.Or(a.Digits, 6),
	}
}

// SecretBytes returns the secret, nil if the server is to draw it.
func (a Authenticator) SecretBytes() ([]byte, error) {
	secret, err := hex.DecodeString(a.Secret)
	if err != nil {
		return nil, errSecret // the library's words would quote it
	}
	return secret, nil
}

var errSecret = errors.New("the secret is not pairs of hex characters")

// Check checks what the phones use of an authenticator.
func (a Authenticator) Check() error {
	_, err := a.SecretBytes()
	if a.ActivationType != "" && a.ActivationType != "online" && a.ActivationType != "offline" {
		err = errors.Join(err, fmt.Errorf("the activation type is %q: it is online or offline", a.ActivationType))
	}
	return errors.Join(err, a.Parameters().Check(), dsapp.CheckSerialNumber(a.SerialNumber))
}
