package srp

// ServerPublicKey returns B = k*v + g^b for a b of PrivateSize random bytes.
// Should it come out as zero, the error is ErrDrawAgain.
func (s *Suite) ServerPublicKey(v, b []byte) ([]byte, error) {
	if len(b) != PrivateSize {
		return nil, ErrPrivateKey
	}
	kv, err := s.element(v, ErrVerifier)
	if err != nil {
		return nil, err
	}
	B := kv.Mul(s.k, s.n).Add(s.g.power(b), s.n)
	if B.IsZero() == 1 {
		return nil, ErrDrawAgain
	}
	return B.Bytes(s.n), nil
}

// ServerKey returns K = H(PAD(S)) as the server finds it, with S = (A * v^u)^b. A
// must have come from the client, and B must be the one that was sent to it.
func (s *Suite) ServerKey(v, b, A, B []byte) ([]byte, error) {
	S, err := s.serverSecret(v, b, A, B)
	if err != nil {
		return nil, err
	}
	return s.digest(S), nil
}

func (s *Suite) serverSecret(v, b, A, B []byte) ([]byte, error) {
	if len(b) != PrivateSize {
		return nil, ErrPrivateKey
	}
	verifier, err := s.element(v, ErrVerifier)
	if err != nil {
		return nil, err
	}
	clientKey, err := s.element(A, ErrPublicKey)
	if err != nil {
		return nil, err
	}
	u, err := s.scrambler(A, B)
	if err != nil {
		return nil, err
	}
	base := s.power(verifier, u).Mul(clientKey, s.n)
	return s.power(base, b).Bytes(s.n), nil
}
