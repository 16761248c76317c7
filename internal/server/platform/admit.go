package platform

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
)

// admit lets in whoever has a key with the endpoint's scope, or a certificate of
// a client that this listener's CA vouches for.
func (c *call) admit() error {
	if c.endpoint.scope == "" {
		return nil
	}
	if state := c.HTTP.TLS; state != nil && len(state.VerifiedChains) > 0 {
		c.who = state.VerifiedChains[0][0].Subject.CommonName
		return nil
	}
	scheme, given, _ := strings.Cut(c.HTTP.Header.Get("Authorization"), " ")
	given = strings.TrimSpace(given)
	if !strings.EqualFold(scheme, "Bearer") || given == "" {
		return c.unadmitted(http.StatusUnauthorized, "",
			"This endpoint needs a key: send Authorization: Bearer KEY, with a key of dsappd platform-key add, or a client's certificate.")
	}
	key, known, err := c.door.Service.FindPlatformKey(c.HTTP.Context(), given)
	if err != nil {
		return err
	}
	if !known {
		return c.unadmitted(http.StatusUnauthorized, `, error="invalid_token"`, "The key is not known.")
	}
	c.who = key.Name
	c.Note(slog.String("key", key.Name))
	if !key.Opens(c.endpoint.scope) {
		return c.unadmitted(http.StatusForbidden, `, error="insufficient_scope", scope="`+string(c.endpoint.scope)+`"`,
			"The key does not have the scope "+string(c.endpoint.scope)+".")
	}
	return nil
}

// unadmitted makes the answer of RFC 6750, section 3.
func (c *call) unadmitted(status int, detail, message string) error {
	c.writer.Header().Set("WWW-Authenticate", `Bearer realm="platform"`+detail)
	refusal := provision.InvalidCredentials
	if status == http.StatusForbidden {
		refusal = provision.NotAllowed
	}
	return &fault{status: status, refusal: refusal, message: message}
}
