package certificate

import "crypto/tls"

// withRSAKeyExchange lists the cipher suites of TLS 1.2 that Go takes for
// sound, and after them those that exchange keys by RSA, with AES. A key that
// is stolen later opens what was recorded over the latter.
func withRSAKeyExchange() []uint16 {
	var suites []uint16
	for _, sound := range tls.CipherSuites() {
		suites = append(suites, sound.ID)
	}
	return append(suites,
		tls.TLS_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_RSA_WITH_AES_128_CBC_SHA256,
		tls.TLS_RSA_WITH_AES_128_CBC_SHA,
		tls.TLS_RSA_WITH_AES_256_CBC_SHA,
	)
}
