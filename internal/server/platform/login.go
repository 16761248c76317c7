package platform

import (
	"errors"
	"net/http"
	"regexp"

	"github.com/dsappd/dsappd/internal/provision"
)

// loginObjects are the kinds of a login's body.
var loginObjects = []string{"LoginInput", "AdaptiveLoginInput"}

// session is what a login answers.
type session struct {
	SessionStatus    string `json:"sessionStatus"`
	RequestID        string `json:"requestID"`
	RequestMessage   string `json:"requestMessage,omitempty"` // for the device to scan
	RiskResponseCode int    `json:"riskResponseCode"`         // 0: no risk is looked at
}

// The statuses of a session.
const (
	sessionAccepted = "accepted"
	sessionRefused  = "refused"
	sessionPending  = "pending"
	sessionUnknown  = "unknown"
)

// login authenticates the user by a one-time password or the static password.
func login(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	o.choice("objectType", true, loginObjects)
	return c.authenticate(o)
}

// validateEvent logs in under the name of an event.
func validateEvent(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	o.text("eventType", rule{required: true})
	return c.authenticate(o)
}

func (c *call) authenticate(o *object) (any, error) {
	in := provision.AuthUser{UserID: c.named().UserID}
	deliveries := o.list("orchestrationDelivery", rule{})
	requestID := o.text("requestID", rule{form: challengeKey, takes: "the requestID of generate-challenge"})
	fido := false
	if credentials := o.object("credentials"); credentials != nil {
		in.StaticPassword = credentials.text("passKey", rule{secret: true})
		if authenticator := credentials.object("authenticator"); authenticator != nil {
			otp := authenticator.text("OTP", rule{required: true, secret: true})
			if requestID == "" && in.StaticPassword == "" {
				in.Combined = otp // a server PIN may stand before it
			} else {
				in.Response, in.ChallengeKey = otp, requestID
			}
		}
		fido = credentials.object("fidoAuthenticator") != nil
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if fido || o.object("fidoAuthentication") != nil {
		return nil, unserved("FIDO is not served: send a one-time password or the static password.")
	}
	if in.Combined+in.StaticPassword+in.Response == "" {
		if len(deliveries) > 0 {
			return nil, unserved("Push notifications and messages of the vendor's SDK are not served: send credentials with a one-time password or the static password.")
		}
		return nil, unserved("Logins in several steps are not served: send credentials with a one-time password or the static password.")
	}
	caller, err := c.caller()
	if err != nil {
		return nil, err
	}
	c.refine = notAuthenticated
	ask := func() (provision.AuthUserResult, error) { return c.door.Service.AuthUser(c.HTTP.Context(), caller, in) }
	return decide(c, ask, func(provision.AuthUserResult) (any, error) {
		return session{SessionStatus: sessionAccepted, RequestID: c.ID}, nil
	})
}

// challengeKey is the form of generate-challenge's requestID.
var challengeKey = regexp.MustCompile(`^[0-9]{10}$`)

func unserved(message string) error {
	return &fault{status: http.StatusUnprocessableEntity, refusal: provision.NotAllowed, message: message}
}

// refusedLogin is a refusal with the words that the vendor documents for a login.
type refusedLogin struct {
	refusal *provision.Error
	words   string
}

func (r *refusedLogin) Error() string { return r.words }

func (r *refusedLogin) Unwrap() error { return r.refusal }

// notAuthenticated makes a refused login say the vendor's words.
func notAuthenticated(err error) error {
	refusal, is := errors.AsType[*provision.Error](err)
	if !is {
		return err
	}
	switch refusal.Refusal {
	case provision.InvalidCredentials, provision.OTPIncorrect, provision.OTPUsed, provision.PasswordMismatch, provision.GracePeriodExpired, provision.NotFound, provision.SignatureIncorrect:
		return &refusedLogin{refusal, "Authentication failed"}
	case provision.ChallengeExpired:
		return &refusedLogin{refusal, "Request ID is invalid"}
	}
	return err
}

// challenge is what generate-challenge answers.
type challenge struct {
	Challenge string `json:"challenge"`
	RequestID string `json:"requestID"`
}

// generateChallenge draws a challenge, which a login answers under its
// requestID.
func generateChallenge(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	in := provision.GetChallenge{UserID: c.named().UserID, Length: o.number("length", 0, 16), CheckDigit: o.flag("checkDigit")}
	if err := o.check(); err != nil {
		return nil, err
	}
	caller, err := c.caller()
	if err != nil {
		return nil, err
	}
	ask := func() (provision.GetChallengeResult, error) {
		return c.door.Service.GetChallenge(c.HTTP.Context(), caller, in)
	}
	return decide(c, ask, func(r provision.GetChallengeResult) (any, error) { return challenge{r.Challenge, r.Key}, nil })
}

// sessionState is what sessions/{requestID} answers.
type sessionState struct {
	SessionStatus string `json:"sessionStatus"`
}

// getSession tells what became of a login or a signature, as the audit has it, or whether a
// challenge still waits.
func getSession(c *call) (any, error) {
	id := c.segments["requestID"]
	if challengeKey.MatchString(id) {
		waits, err := c.door.Service.ChallengeWaits(c.HTTP.Context(), id)
		if waits {
			return sessionState{sessionPending}, err
		}
		return sessionState{sessionUnknown}, err
	}
	events, err := c.door.Service.ListAuditEvents(c.HTTP.Context(), provision.ListAuditEvents{RequestID: id, Limit: 1})
	if refusal, is := errors.AsType[*provision.Error](err); is && refusal.Refusal == provision.InvalidParameter {
		return sessionState{sessionUnknown}, nil
	}
	if err != nil {
		return nil, err
	}
	for _, event := range events.Records {
		switch {
		case event.Operation != "authUser" && event.Operation != "authSignature":
		case event.Status.ReturnCode == 0:
			return sessionState{sessionAccepted}, nil
		default:
			return sessionState{sessionRefused}, nil
		}
	}
	return sessionState{sessionUnknown}, nil
}

// withoutVirtualSignatures refuses what the server would have to sign itself.
func withoutVirtualSignatures(*call) (any, error) {
	return nil, unserved("Virtual signatures are not served: the user's device signs, and transactions/validate verifies it.")
}
