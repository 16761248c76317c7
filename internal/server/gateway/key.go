package gateway

import (
	"log/slog"
	"net/http"
	"slices"

	"github.com/dsappd/dsappd/internal/provision"
)

// challenge is what a request without a key that fits is told (RFC 7617).
const challenge = `Basic realm="gateway", charset="UTF-8"`

// admit looks whether the request has a key that opens its route. The key is
// the password; any user name will do.
func (c *call) admit() error {
	if len(c.route.sides) == 0 {
		return nil
	}
	_, given, ok := c.HTTP.BasicAuth()
	if !ok {
		return c.unadmitted(http.StatusUnauthorized, provision.InvalidCredentials,
			"This service needs an API key: send it as the password of HTTP Basic authentication, with any user name.")
	}
	key, known, err := c.door.Service.FindGatewayKey(c.HTTP.Context(), given)
	if err != nil {
		return err
	}
	if !known {
		return c.unadmitted(http.StatusUnauthorized, provision.InvalidCredentials, "The API key is not known.")
	}
	c.Note(slog.String("key", key.Name))
	if !slices.Contains(c.route.sides, key.Side) {
		return c.unadmitted(http.StatusForbidden, provision.NotAllowed,
			"The API key is of the other side: this service is for the "+string(c.route.sides[0])+" end.")
	}
	return nil
}

func (c *call) unadmitted(status int, refusal provision.Refusal, desc string) error {
	c.writer.Header().Set("WWW-Authenticate", challenge)
	return &fault{status: status, refusal: refusal, desc: desc}
}
