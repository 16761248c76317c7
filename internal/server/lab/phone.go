package lab

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/lab"
)

// phoneTime bounds a whole activation by the lab's phone.
const phoneTime = time.Minute

func (d *door) playPhone(w http.ResponseWriter, r *http.Request) (any, error) {
	return callSOAP(d, w, r, d.Lab.Activate)
}

func (d *door) register(w http.ResponseWriter, r *http.Request) (any, error) {
	return callSOAP(d, w, r, d.Lab.Register)
}

// callSOAP decodes what a control that calls the SOAP interface is asked, and has
// it call.
func callSOAP[In, Out any](d *door, w http.ResponseWriter, r *http.Request, do func(context.Context, string, *http.Client, In) (Out, error)) (any, error) {
	var in In
	if err := decode(w, r, &in, `{"userID":"user1"}`); err != nil {
		return nil, err
	}
	over, end, err := d.client(w)
	if err != nil {
		return nil, err
	}
	defer end()
	return do(r.Context(), d.URLs().SOAP, over, in)
}

// client returns what calls the SOAP interface, and what ends its connections.
func (d *door) client(w http.ResponseWriter) (over *http.Client, end func(), err error) {
	if url := d.URLs().SOAP; strings.HasPrefix(url, "https://") {
		return nil, nil, &Error{Status: http.StatusBadRequest, Message: "The lab calls over plain HTTP, and SOAP is served over TLS: use dsappd phone activate --url " + url + " --ca FILE."}
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(phoneTime + time.Minute))
	transport := &http.Transport{}
	return &http.Client{Transport: transport, Timeout: phoneTime}, transport.CloseIdleConnections, nil
}

// NamePhone names a phone that has activated.
type NamePhone struct {
	SerialNumber string `json:"serialNumber"`
}

// MadeOTP holds a one-time password that a phone has made.
type MadeOTP struct {
	OTP string `json:"otp"`
}

func (d *door) makeOTP(w http.ResponseWriter, r *http.Request) (any, error) {
	var in NamePhone
	if err := decode(w, r, &in, `{"serialNumber":"VDS1000140"}`); err != nil {
		return nil, err
	}
	otp, err := d.Lab.OTP(in.SerialNumber)
	return MadeOTP{otp}, err
}

// Phone lets a simulated phone activate, and returns what it did.
func (c *Client) Phone(ctx context.Context, in lab.Phone) (lab.Activated, error) {
	return ask[lab.Activated](ctx, c, http.MethodPost, "phone", in)
}
