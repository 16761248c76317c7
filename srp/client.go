package srp

import "filippo.io/bigmod"

// Verifier returns v = g^x, with x from X.
func (s *Suite) Verifier(x []byte) ([]byte, error) {
	if len(x) != s.hash().Size() {
		return nil, ErrPrivateKey
	}
	return s.g.power(x).Bytes(s.n), nil
}

// ClientPublicKey returns A = g^a for an a of PrivateSize random bytes.
func (s *Suite) ClientPublicKey(a []byte) ([]byte, error) {
	if len(a) != PrivateSize {
		return nil, ErrPrivateKey
	}
	return s.g.power(a).Bytes(s.n), nil
}

// ClientKey returns K = H(PAD(S)) as the client finds it, with
// S = (B - k*g^x)^(a + u*x). B must have come from the server and A from a.
func (s *Suite) ClientKey(x, a, A, B []byte) ([]byte, error) {
	S, err := s.clientSecret(x, a, A, B)
	if err != nil {
		return nil, err
	}
	return s.digest(S), nil
}

// clientSecret keeps every exponent at its fixed length: a + u*x would need
// arithmetic outside the group, so S is base^a * (base^u)^x.
func (s *Suite) clientSecret(x, a, A, B []byte) ([]byte, error) {
	if len(a) != PrivateSize {
		return nil, ErrPrivateKey
	}
	v, err := s.Verifier(x)
	if err != nil {
		return nil, err
	}
	base, err := s.element(B, ErrPublicKey)
	if err != nil {
		return nil, err
	}
	u, err := s.scrambler(A, B)
	if err != nil {
		return nil, err
	}
	kv, err := bigmod.NewNat().SetBytes(v, s.n)
	if err != nil {
		return nil, ErrVerifier
	}
	base.Sub(kv.Mul(s.k, s.n), s.n)
	S := s.power(base, a).Mul(s.power(s.power(base, u), x), s.n)
	return S.Bytes(s.n), nil
}
