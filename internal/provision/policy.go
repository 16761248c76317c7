package provision

import (
	"fmt"
	"time"

	"github.com/dsappd/dsappd/dsapp"
)

// Settings is everything a policy decides. The member names are also those
// of the JSON object in Policy.Set.
type Settings struct {
	// LockThreshold wrong passwords from one address lock a user for that
	// address; 0 means that nothing locks. OverallLockThreshold from all
	// addresses lock the user for those that are not familiar; 0 means never.
	LockThreshold        int
	OverallLockThreshold int
	// UnlockMinutes after a lock it opens by itself; 0 means never. Each
	// further lock before a right password lasts UnlockBackOff times longer.
	UnlockMinutes int
	UnlockBackOff int
	// GenericStatusCodes answers locked and disabled like a wrong password.
	GenericStatusCodes bool

	RegistrationMinutes        int
	RegistrationIDLength       int
	RegistrationIDAlphabet     dsapp.Alphabet
	ActivationPasswordLength   int
	ActivationPasswordAlphabet dsapp.Alphabet

	// KeyExchangeRequired refuses dsappSRPActivate before the exchange.
	KeyExchangeRequired bool
	// DerivationCodeRequired refuses a plain response.
	DerivationCodeRequired bool

	// Attempts is how many wrong proofs a registration survives, less one;
	// KeyRequests how many ephemeral keys it hands out; DeviceCodes how many
	// device codes it takes, each of which spends a sequence number.
	Attempts    int
	KeyRequests int
	DeviceCodes int

	// EventWindow is the number of event values accepted from the next
	// expected one on; TimeWindowBack and TimeWindowAhead are time steps on
	// either side of now.
	EventWindow     int
	TimeWindowBack  int
	TimeWindowAhead int

	// ResynchronizationWindow is how many event values beyond the window, or
	// time steps beyond it on either side, a one-time password may lie that
	// a second, consecutive one confirms; 0: not allowed.
	ResynchronizationWindow int

	// MaximumActivations per authenticator, 0 meaning no limit, and the
	// minutes between two.
	MaximumActivations     int
	MinimumIntervalMinutes int

	GraceDays int

	// AuthenticatorLimit is how many authenticators of one type a user may be
	// assigned; 0 means no limit.
	AuthenticatorLimit int
	// AutoAssign gives a user who registers without an authenticator a free
	// one of the user's domain; AutoAssignType says of which type, empty:
	// any for one device, and a licence only to a command that needs one.
	AutoAssign     bool
	AutoAssignType AuthenticatorType

	ActivationCodeOutsideSRP bool
	OfflineMDL               bool
	OTPInsteadOfSignature    bool
	// MessageMinutes is the validity of Activation Message 1.
	MessageMinutes int

	// LocalAuthentication says by what users authenticate at authUser.
	LocalAuthentication LocalAuthentication
	// RegisterByOTP takes a one-time password in place of the static password
	// when a user registers.
	RegisterByOTP bool
	// ChallengeResponse allows responses to challenges, in one step;
	// ChallengeSeconds is how long a challenge of the server lives.
	ChallengeResponse bool
	ChallengeSeconds  int
	// SecureChannel allows requests that devices read and answer, to log in
	// and to sign; RequestSeconds is how long one lives.
	SecureChannel  bool
	RequestSeconds int
	// SignatureOnce accepts a signature over data fields once.
	SignatureOnce bool
	// MinimumPINLength is that of a new server PIN, 1 to 8 digits.
	MinimumPINLength int
	// SessionIdleMinutes is how long an administrative session lives without
	// being used, SessionMinutes how long it lives at all.
	SessionIdleMinutes int
	SessionMinutes     int

	// VirtualOTP lets an administrator with the privilege have the server make
	// one-time passwords in the place of a device.
	VirtualOTP bool

	// Explain puts the decision in one line into errorDesc; for labs.
	Explain bool
}

// DefaultSettings returns what holds where no policy says otherwise.
func DefaultSettings() Settings {
	return Settings{
		LockThreshold:              3,
		OverallLockThreshold:       30,
		UnlockMinutes:              15,
		UnlockBackOff:              2,
		GenericStatusCodes:         true,
		RegistrationMinutes:        10,
		RegistrationIDLength:       8,
		RegistrationIDAlphabet:     dsapp.Mixed,
		ActivationPasswordLength:   8,
		ActivationPasswordAlphabet: dsapp.Mixed,
		KeyExchangeRequired:        true,
		Attempts:                   3,
		KeyRequests:                10,
		DeviceCodes:                5,
		EventWindow:                20,
		TimeWindowBack:             10,
		TimeWindowAhead:            9,
		MaximumActivations:         3,
		MinimumIntervalMinutes:     1440,
		GraceDays:                  7,
		MessageMinutes:             10,
		LocalAuthentication:        PasswordInGrace,
		ChallengeSeconds:           60,
		RequestSeconds:             180,
		SignatureOnce:              true,
		MinimumPINLength:           4,
		SessionIdleMinutes:         15,
		SessionMinutes:             480,
	}
}

// Check refuses settings that no registration could be governed by.
func (s Settings) Check() error {
	limits := []struct {
		name           string
		value, low, up int
	}{
		{"LockThreshold", s.LockThreshold, 0, 1000},
		{"OverallLockThreshold", s.OverallLockThreshold, 0, 1000000},
		{"UnlockMinutes", s.UnlockMinutes, 0, 525600},
		{"UnlockBackOff", s.UnlockBackOff, 1, 100},
		{"RegistrationMinutes", s.RegistrationMinutes, 1, 525600},
		{"Attempts", s.Attempts, 1, 100},
		{"KeyRequests", s.KeyRequests, 1, 10000},
		{"DeviceCodes", s.DeviceCodes, 1, maxSequenceNumber},
		{"EventWindow", s.EventWindow, 1, 1000},
		{"TimeWindowBack", s.TimeWindowBack, 0, 500},
		{"TimeWindowAhead", s.TimeWindowAhead, 0, 500},
		{"ResynchronizationWindow", s.ResynchronizationWindow, 0, 1000},
		{"MaximumActivations", s.MaximumActivations, 0, 1000000},
		{"MinimumIntervalMinutes", s.MinimumIntervalMinutes, 0, 525600},
		{"GraceDays", s.GraceDays, 0, 3650},
		{"AuthenticatorLimit", s.AuthenticatorLimit, 0, 1000},
		{"MessageMinutes", s.MessageMinutes, 1, 525600},
		{"ChallengeSeconds", s.ChallengeSeconds, 1, 86400},
		{"RequestSeconds", s.RequestSeconds, 1, 86400},
		{"MinimumPINLength", s.MinimumPINLength, 1, maxPIN},
		{"SessionIdleMinutes", s.SessionIdleMinutes, 1, 1440},
		{"SessionMinutes", s.SessionMinutes, 1, 10080},
	}
	for _, limit := range limits {
		if limit.value < limit.low || limit.value > limit.up {
			return fmt.Errorf("setting %s is %d: it must be from %d to %d", limit.name, limit.value, limit.low, limit.up)
		}
	}
	switch s.AutoAssignType {
	case "", EventBased, TimeBased, MDL:
	default:
		return fmt.Errorf("setting AutoAssignType is %q: it must be %q, %q, %q or empty", s.AutoAssignType, EventBased, TimeBased, MDL)
	}
	if err := s.LocalAuthentication.check(); err != nil {
		return err
	}
	if err := s.RegistrationIDAlphabet.Check(s.RegistrationIDLength); err != nil {
		return fmt.Errorf("settings RegistrationIDLength and RegistrationIDAlphabet: %w", err)
	}
	if err := s.ActivationPasswordAlphabet.Check(s.ActivationPasswordLength); err != nil {
		return fmt.Errorf("settings ActivationPasswordLength and ActivationPasswordAlphabet: %w", err)
	}
	return nil
}

func (s Settings) lifetime() time.Duration {
	return time.Duration(s.RegistrationMinutes) * time.Minute
}

func (s Settings) minimumInterval() time.Duration {
	return time.Duration(s.MinimumIntervalMinutes) * time.Minute
}

func (s Settings) gracePeriod() time.Duration {
	return time.Duration(s.GraceDays) * 24 * time.Hour
}
