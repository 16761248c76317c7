package provision

// Status is a pair of the vendor's published codes, as a reply carries it.
type Status struct {
	ReturnCode     int    `json:"returnCode"`
	ReturnCodeEnum string `json:"returnCodeEnum"`
	StatusCode     int    `json:"statusCode"`
	StatusCodeEnum string `json:"statusCodeEnum"`
}

// Refusal is a reason to turn a request down, or Granted.
type Refusal string

// The refusals. Each is one row of the status table.
const (
	Granted            Refusal = "granted"
	InvalidParameter   Refusal = "invalid parameter"
	NoComponent        Refusal = "no component"
	NotAllowed         Refusal = "not allowed by policy"
	ActivationLimit    Refusal = "activation limit"
	AuthenticatorLimit Refusal = "authenticator limit"
	InvalidCredentials Refusal = "invalid credentials"
	UserLocked         Refusal = "user locked"
	UserDisabled       Refusal = "user disabled"
	MessageExpired     Refusal = "activation message expired"
	NotFound           Refusal = "not found"
	Exists             Refusal = "exists"
	InUse              Refusal = "in use"
	LicenceFull        Refusal = "licence full"
	OutOfOrder         Refusal = "out of order"
	Busy               Refusal = "busy"
	Unforeseen         Refusal = "unforeseen"
)

// StatusTable maps every refusal to the pair that the wire and the audit
// show. The numbers are the vendor's published ones and no others.
type StatusTable map[Refusal]Status

// DefaultStatusTable is the closest published pair for each refusal.
func DefaultStatusTable() StatusTable {
	failure := func(code int, name string) Status {
		return Status{ReturnCode: -1, ReturnCodeEnum: "RET_FAILURE", StatusCode: code, StatusCodeEnum: name}
	}
	return StatusTable{
		Granted:            {ReturnCodeEnum: "RET_SUCCESS", StatusCodeEnum: "STAT_SUCCESS"},
		InvalidParameter:   failure(-2, "STAT_INVPARAM"),
		NoComponent:        failure(1005, "STAT_PERMISSION"),
		NotAllowed:         failure(1005, "STAT_PERMISSION"),
		ActivationLimit:    failure(1005, "STAT_PERMISSION"),
		AuthenticatorLimit: failure(1005, "STAT_PERMISSION"),
		InvalidCredentials: failure(1000, "STAT_INVCREDENTIALS"),
		UserLocked:         failure(1007, "STAT_LOCKED"),
		UserDisabled:       failure(1007, "STAT_LOCKED"),
		MessageExpired:     failure(1004, "STAT_EXP_CHALLENGE"),
		NotFound:           failure(-13, "STAT_NOT_FOUND"),
		Exists:             failure(-14, "STAT_EXISTS"),
		InUse:              failure(-1, "STAT_ERROR"),
		LicenceFull:        failure(-11, "STAT_LICENCE"),
		OutOfOrder:         failure(-1, "STAT_ERROR"),
		Busy:               failure(-1, "STAT_ERROR"),
		Unforeseen:         failure(-1, "STAT_ERROR"),
	}
}

// Error is a refusal as the caller hears it. An operation that returns one
// has committed its decision.
type Error struct {
	Refusal Refusal
	Status  Status // what the wire shows, by policy
	Desc    string // errorDesc, in words for the peer

	// reason is the truth in words, for the audit alone.
	reason string
}

func (e *Error) Error() string { return "refused: " + string(e.Refusal) + ": " + e.Desc }

// refuse turns a request down with words that both peer and audit may see.
func refuse(refusal Refusal, desc string) *Error {
	return &Error{Refusal: refusal, Desc: desc, reason: desc}
}

// refuseCredentials turns a request down in constant words; only the audit
// learns which check failed.
func refuseCredentials(reason string) *Error {
	return &Error{Refusal: InvalidCredentials, Desc: invalidCredentials, reason: reason}
}

const invalidCredentials = "The credentials were not accepted."
