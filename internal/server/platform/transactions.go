package platform

import (
	"fmt"
	"slices"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

// transactionObjects are the kinds of the body of transactions/validate.
var transactionObjects = []string{"TransactionValidationInput", "AdaptiveTransactionValidationInput"}

// transaction is what transactions/validate takes: a signature over data fields,
// one that answers a request, or the fields for the device to show and sign.
type transaction struct {
	fields    []string
	requestID string
	signature string
	shown     []dsapp.RequestField

	kind       string // of the member that it was read from
	deliveries []string
}

// transactionKinds are the members of data, of which there is one.
var transactionKinds = []string{"standard", "secureChannel", "transactionMessage", "fido"}

// validateTransaction verifies a user's signature, or makes the request for one.
func validateTransaction(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	o.choice("objectType", true, transactionObjects)
	t := readTransaction(o)
	if err := o.check(); err != nil {
		return nil, err
	}
	caller, err := c.caller()
	if err != nil {
		return nil, err
	}
	switch t.kind {
	case "fido":
		return nil, unserved("FIDO is not served: send a signature over data fields, or one that answers a request.")
	case "transactionMessage":
		return c.askToSign(caller, t)
	}
	c.refine = notAuthenticated
	in := provision.AuthSignature{UserID: c.named().UserID, Signature: t.signature, Fields: t.fields, RequestKey: t.requestID}
	ask := func() (provision.AuthSignatureResult, error) {
		return c.door.Service.AuthSignature(c.HTTP.Context(), caller, in)
	}
	return decide(c, ask, func(provision.AuthSignatureResult) (any, error) {
		return session{SessionStatus: sessionAccepted, RequestID: c.ID}, nil
	})
}

// askToSign makes the request that the site shows to the user's device as a
// visual code.
func (c *call) askToSign(caller provision.Caller, t transaction) (any, error) {
	if !slices.Equal(t.deliveries, []string{"requestMessage"}) {
		return nil, unserved("Push notifications are not served: send the orchestrationDelivery requestMessage alone, and show the requestMessage of the answer as a visual code.")
	}
	in := provision.AskDevice{UserID: c.named().UserID, Fields: t.shown}
	ask := func() (provision.AskDeviceResult, error) {
		return c.door.Service.GenRequest(c.HTTP.Context(), caller, in)
	}
	return decide(c, ask, func(r provision.AskDeviceResult) (any, error) {
		return session{SessionStatus: sessionPending, RequestID: r.Key, RequestMessage: r.Message}, nil
	})
}

func readTransaction(o *object) transaction {
	t := transaction{deliveries: o.list("orchestrationDelivery", rule{})}
	data := o.object("data")
	if data == nil {
		if len(*o.wrong) == 0 {
			o.note("data", "is missing", "send an object with standard, secureChannel or transactionMessage")
		}
		return t
	}
	for _, kind := range transactionKinds {
		switch inner := data.object(kind); {
		case inner == nil:
		case t.kind != "":
			data.note(kind, "is there beside "+t.kind, "send one of them")
		default:
			t.kind = kind
			t.read(inner)
		}
	}
	if t.kind == "" && len(*o.wrong) == 0 {
		o.note("data", "is empty", "send an object with standard, secureChannel or transactionMessage")
	}
	return t
}

// read reads what the member of data holds.
func (t *transaction) read(o *object) {
	const most = 8
	switch t.kind {
	case "standard":
		t.fields = o.list("dataFields", rule{})
		if len(t.fields) == 0 || len(t.fields) > most {
			o.note("dataFields", fmt.Sprintf("has %d texts", len(t.fields)), fmt.Sprintf("send 1 to %d", most))
		}
	case "secureChannel":
		t.requestID = o.text("requestID", rule{required: true, form: challengeKey, takes: "the requestID of a transactionMessage"})
	case "transactionMessage":
		for _, field := range o.objects("dataFields") {
			t.shown = append(t.shown, dsapp.RequestField{Key: field.inner("key"), Value: field.inner("value")})
		}
		if len(t.shown) == 0 {
			o.note("dataFields", "is missing or empty", "send an array of objects with key and value")
		}
		return
	default:
		return
	}
	t.signature = o.text("signature", rule{required: true, form: digits, takes: "1 to 10 digits"})
}

// inner reads the text of an object that is a member, such as {"text": "EUR"}.
func (o *object) inner(name string) string {
	if member := o.object(name); member != nil {
		return member.text("text", rule{})
	}
	return ""
}

// objects reads an array of objects.
func (o *object) objects(name string) (all []*object) {
	o.each(name, func(one *object, member string) {
		if read := one.object(member); read != nil {
			all = append(all, read)
		}
	})
	return all
}
