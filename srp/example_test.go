package srp_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log"

	"github.com/dsappd/dsappd/srp"
)

// A client and a server agree on a key. The server knows a verifier, and never
// the password.
func Example() {
	suite, err := srp.New(srp.Group2048(), sha256.New)
	if err != nil {
		log.Fatal(err)
	}
	const identity, password = "alice", "password123"
	salt, a, b := make([]byte, 16), make([]byte, srp.PrivateSize), make([]byte, srp.PrivateSize)
	for _, random := range [][]byte{salt, a, b} {
		if _, err := rand.Read(random); err != nil {
			log.Fatal(err)
		}
	}
	must := func(number []byte, err error) []byte {
		if err != nil {
			log.Fatal(err)
		}
		return number
	}
	x := suite.X(salt, identity, password)
	v := must(suite.Verifier(x)) // the server keeps it with the salt

	A := must(suite.ClientPublicKey(a))
	B := must(suite.ServerPublicKey(v, b))
	clientKey := must(suite.ClientKey(x, a, A, B))
	serverKey := must(suite.ServerKey(v, b, A, B))

	evidence := suite.M1(identity, salt, A, B, clientKey)
	fmt.Println(bytes.Equal(evidence, suite.M1(identity, salt, A, B, serverKey)))
	// Output: true
}
