package phone

// Error is a reason for the device to stop, for errors.Is.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrServerKey says that B is outside 1..N-1, or that u is zero.
	ErrServerKey Error = "the server's ephemeral key is unacceptable"
	// ErrEvidence says that M2 is wrong: the peer does not hold the verifier
	// of this registration.
	ErrEvidence Error = "the server's evidence message is wrong"
	// ErrReply says that a reply lacks a field or holds a malformed one.
	ErrReply Error = "unusable reply"
	// ErrItems says that an item of activation data is missing, or that there
	// is one that was not asked for.
	ErrItems Error = "wrong items of activation data"
	// ErrForm says that online data came where offline data were expected, or
	// the other way round.
	ErrForm Error = "unexpected form of activation data"
	// ErrCounter says that the URI and the event reactivation counter differ.
	ErrCounter Error = "event reactivation counter differs from the activation data"
	// ErrStep says that the state does not allow the step.
	ErrStep Error = "step out of order"
	// ErrExpired says that Activation Message 1 is over by the device's clock.
	ErrExpired Error = "Activation Message 1 has expired"
	// ErrRequestExpired says that a request is over by the device's clock.
	ErrRequestExpired Error = "the request has expired"
	// ErrInstance says that the device has no instance of the name.
	ErrInstance Error = "no such instance"
	// ErrInstanceThere says that the device has an instance of the name, or as
	// many as it keeps.
	ErrInstanceThere Error = "no room for the instance"
	// ErrPIN says that the PIN is wrong or the file was altered.
	ErrPIN Error = "wrong PIN, or an altered file"
	// ErrPINLength says that a PIN is too short or too long to seal with.
	ErrPINLength Error = "unusable PIN"
	// ErrFile says that a file holds no sealed state that this program reads.
	ErrFile Error = "state file"
	// ErrGatewayKey says that a gateway does not take the API key.
	ErrGatewayKey Error = "API key of the gateway"
	// ErrFault says that there is no fault of a name, or that it cannot be
	// committed on a registration.
	ErrFault Error = "fault"
	// errTried ends an activation once its fault was answered.
	errTried Error = "the fault was answered"
	// ErrScan says that a picture shows no activation, or several.
	ErrScan Error = "picture"
)
