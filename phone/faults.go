package phone

import (
	"context"
	"errors"
	"math/big"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/srp"
)

// The documented statuses with which a server answers the faults.
const (
	success            Outcome = "STAT_SUCCESS (0)"
	outOfOrder         Outcome = "STAT_ERROR (-1)"
	invalidParameter   Outcome = "STAT_INVPARAM (-2)"
	notFound           Outcome = "STAT_NOT_FOUND (-13)"
	invalidCredentials Outcome = "STAT_INVCREDENTIALS (1000)"
)

// Faults returns all of them, in the order of an activation.
func Faults() []Fault {
	var all []Fault
	for _, some := range [][]Fault{keyFaults(), evidenceFaults(), deviceFaults(), activationFaults(), drops()} {
		all = append(all, some...)
	}
	return all
}

func keyFaults() []Fault {
	N := new(big.Int).SetBytes(srp.Group2048().N)
	key := func(name, does string, bend func(A string) string) Fault {
		return Fault{Name: name, Does: does, Single: invalidParameter, MDL: invalidParameter, wrong: map[Call]wrong{
			CallGenerateEphemeralKey: func(ctx context.Context, t Transport, r request) error {
				_, err := t.GenerateEphemeralKey(ctx, r.registrationID, bend(r.value))
				return err
			},
		}}
	}
	before := func(name, does string, status Outcome, w wrong) Fault {
		return Fault{Name: name, Does: does, Single: status, MDL: status, wrong: map[Call]wrong{CallGenerateEphemeralKey: w}}
	}
	return []Fault{
		key("a-zero", "sends 0 as its ephemeral key A", func(string) string { return "0" }),
		key("a-equals-n", "sends N, which is 0 in the group, as A", func(string) string { return hex(N) }),
		key("a-above-n", "sends N+1, outside the group, as A", func(string) string { return hex(new(big.Int).Add(N, big.NewInt(1))) }),
		key("long-hex", "sends A with 513 characters", func(A string) string { return "0" + A }),
		key("not-hex", "sends A with a character that is not hex", func(A string) string { return "G" + A[1:] }),
		before("unknown-registration", "asks for the key of a registration that there is not", notFound,
			func(ctx context.Context, t Transport, r request) error {
				_, err := t.GenerateEphemeralKey(ctx, altered(r.registrationID), r.value)
				return err
			}),
		before("evidence-first", "sends an evidence message before it has a key", outOfOrder,
			func(ctx context.Context, t Transport, r request) error {
				_, err := t.GenerateActivationData(ctx, r.registrationID, strings.Repeat("0", 64))
				return err
			}),
		before("activate-first", "activates before it has anything", outOfOrder,
			func(ctx context.Context, t Transport, r request) error {
				_, err := t.Activate(ctx, r.registrationID, Credential{Response: "000000"})
				return err
			}),
	}
}

func evidenceFaults() []Fault {
	evidence := func(name, does string, status Outcome, after bool, w wrong) Fault {
		return Fault{Name: name, Does: does, Single: status, MDL: status, after: after, wrong: map[Call]wrong{CallGenerateActivationData: w}}
	}
	bent := func(bend func(M1 string) string) wrong {
		return func(ctx context.Context, t Transport, r request) error {
			_, err := t.GenerateActivationData(ctx, r.registrationID, bend(r.value))
			return err
		}
	}
	same := func(M1 string) string { return M1 }
	return []Fault{
		evidence("bad-evidence", "sends an evidence message that is wrong", invalidCredentials, false, bent(altered)),
		evidence("short-hex", "sends an evidence message that lacks a byte", invalidParameter, false, bent(func(M1 string) string { return M1[2:] })),
		evidence("replay-evidence", "sends its evidence message, and the same again", outOfOrder, true, bent(same)),
		evidence("second-evidence", "sends a wrong evidence message, and the right one for the same key", outOfOrder, false,
			func(ctx context.Context, t Transport, r request) error {
				if _, err := t.GenerateActivationData(ctx, r.registrationID, altered(r.value)); !refusedAs(err, invalidCredentials) {
					return err
				}
				return bent(same)(ctx, t, r)
			}),
		evidence("old-evidence", "asks for another key and sends the evidence message for the first", invalidCredentials, false,
			func(ctx context.Context, t Transport, r request) error {
				if _, err := t.GenerateEphemeralKey(ctx, r.registrationID, "2"); err != nil {
					return err
				}
				return bent(same)(ctx, t, r)
			}),
	}
}

func deviceFaults() []Fault {
	device := func(name, does string, status Outcome, w wrong) Fault {
		return Fault{Name: name, Does: does, MDL: status, wrong: map[Call]wrong{CallAddDevice: w}}
	}
	return []Fault{
		device("mistyped-device-code", "sends a device code whose check digit is wrong", invalidParameter,
			func(ctx context.Context, t Transport, r request) error {
				_, err := t.AddDevice(ctx, r.registrationID, altered(r.value))
				return err
			}),
		device("foreign-device-code", "sends a device code that answers another message", invalidCredentials,
			func(ctx context.Context, t Transport, r request) error {
				code, err := foreign(r.value)
				if err != nil {
					return err
				}
				_, err = t.AddDevice(ctx, r.registrationID, code)
				return err
			}),
		device("signature-first", "sends a signature before a device code", outOfOrder,
			func(ctx context.Context, t Transport, r request) error {
				_, err := t.ActivateInstance(ctx, r.registrationID, InstanceCredential{Signature: "00000000"})
				return err
			}),
	}
}

func activationFaults() []Fault {
	single := func(bend func(c Credential) Credential) wrong {
		return func(ctx context.Context, t Transport, r request) error {
			_, err := t.Activate(ctx, r.registrationID, bend(r.credential))
			return err
		}
	}
	instance := func(bend func(signature string) string) wrong {
		return func(ctx context.Context, t Transport, r request) error {
			_, err := t.ActivateInstance(ctx, r.registrationID, InstanceCredential{Signature: bend(r.proof.Signature)})
			return err
		}
	}
	both := func(bend func(string) string) map[Call]wrong {
		return map[Call]wrong{
			CallActivate:         single(func(c Credential) Credential { return Credential{DerivationCode: bend(c.DerivationCode)} }),
			CallActivateInstance: instance(bend),
		}
	}
	return []Fault{
		{Name: "stale-otp", Does: "activates with the one-time password of an old moving factor", Single: invalidCredentials, stale: true,
			wrong: map[Call]wrong{CallActivate: single(func(c Credential) Credential { return c })}},
		{Name: "bad-proof", Does: "activates with a derivation code or signature that is wrong", Single: invalidCredentials, MDL: invalidCredentials, wrong: both(altered)},
		{Name: "long-proof", Does: "activates with a derivation code of 28 characters, or a signature of 28", Single: invalidParameter, MDL: invalidParameter,
			wrong: both(func(proof string) string { return (proof + strings.Repeat("0", 28))[:28] })},
		{Name: "no-proof", Does: "activates without a derivation code or signature", Single: invalidParameter, MDL: invalidParameter,
			wrong: both(func(string) string { return "" })},
		{Name: "both-proofs", Does: "activates with a response beside the derivation code", Single: invalidParameter, wrong: map[Call]wrong{
			CallActivate: single(func(c Credential) Credential {
				return Credential{DerivationCode: c.DerivationCode, Response: c.DerivationCode[16:]}
			})}},
		{Name: "duplicate-activate", Does: "activates, and again with the same: a derivation code may be repeated, as its reply may be lost", Single: success, MDL: notFound, after: true,
			wrong: both(func(proof string) string { return proof })},
		{Name: "second-activate", Does: "activates, and again with a wrong derivation code or signature", Single: notFound, MDL: notFound, after: true, wrong: both(altered)},
	}
}

func drops() []Fault {
	var all []Fault
	for n, number := range []string{"first", "second", "third", "fourth"} {
		f := Fault{Name: "drop-after-" + string(rune('1'+n)), Does: "loses the reply to the " + number + " connection, and is gone", MDL: ReplyLost, drop: n + 1}
		if n < 3 {
			f.Single = ReplyLost
		}
		all = append(all, f)
	}
	return all
}

func hex(n *big.Int) string { return dsapp.EncodeHex(n.Bytes()) }

// altered returns another text of the same length and form: its last character
// is a digit that it was not.
func altered(text string) string {
	if text == "" || strings.HasSuffix(text, "0") {
		return strings.TrimSuffix(text, "0") + "1"
	}
	return text[:len(text)-1] + "0"
}

// foreign returns a code of the same device for another message.
func foreign(code string) (string, error) {
	c, err := dsapp.ParseDeviceCode(code)
	if err != nil {
		return "", err
	}
	c, err = dsapp.NewDeviceCode(dsapp.ActivationMessage1{SerialNumber: "XYZ0000000"}, c.Type, c.Nonce)
	return c.String(), err
}

func refusedAs(err error, status Outcome) bool {
	refusal, ok := errors.AsType[*Refusal](err)
	return ok && outcome(refusal.ResultCodes) == status
}
