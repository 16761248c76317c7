package lab

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/lab"
)

// phoneTime bounds a whole activation by the lab's phone.
const phoneTime = time.Minute

func (d *door) playPhone(w http.ResponseWriter, r *http.Request) (any, error) {
	var in lab.Phone
	if err := decode(w, r, &in, `{"registrationID":"pQ3xT9aB","activationPassword":"kD82mPq1"}`); err != nil {
		return nil, err
	}
	url := d.SOAP()
	if strings.HasPrefix(url, "https://") {
		return nil, &Error{Status: http.StatusBadRequest, Message: "The lab's phone speaks plain HTTP, and SOAP is served over TLS: use dsappd phone activate --url " + url + " --ca FILE."}
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(phoneTime + time.Minute))
	in.ComponentType = cmp.Or(in.ComponentType, "srp-component")
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	return d.Lab.Activate(r.Context(), url, &http.Client{Transport: transport, Timeout: phoneTime}, in)
}

// Phone has a simulated phone activate, and returns what it did.
func (c *Client) Phone(ctx context.Context, in lab.Phone) (lab.Activated, error) {
	return ask[lab.Activated](ctx, c, http.MethodPost, "phone", in)
}
