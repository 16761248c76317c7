package soap_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header             { return d.header }
func (d *discard) SetReadDeadline(time.Time) error { return nil }
func (d *discard) WriteHeader(int)                 {}
func (d *discard) Write(p []byte) (int, error)     { return len(p), nil }

// BenchmarkActivate is everything of dsappSRPActivate but the domain: from
// the body to the log line, through the checks and the generated types. The
// reference is xml.Unmarshal of the same bytes, without checks.
func BenchmarkActivate(b *testing.B) {
	const rounds = 3000
	envelope := body(b, "documented-activate")
	start := time.Now()
	for range rounds {
		var plain struct {
			Body struct {
				Request wsdl.DsappSRPActivate `xml:"dsappSRPActivate"`
			}
		}
		if err := xml.Unmarshal(envelope, &plain); err != nil || plain.Body.Request.RegistrationID == "" {
			b.Fatal(err)
		}
	}
	reference := float64(time.Since(start)) / rounds

	h := activating(b)
	activate := activation(h, envelope)
	b.ReportAllocs()
	for b.Loop() {
		activate()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/reference, "ratio-to-xml.Unmarshal")
}

// activating is a handler that answers every activation with the same success.
func activating(t testing.TB) *soap.Handler {
	c := config(t, &heard{})
	c.Operations[name("dsappSRPActivate")] = func(_ context.Context, r *soap.Request, dst []byte) ([]byte, error) {
		var in wsdl.DsappSRPActivate
		if err := r.Decode(&in); err != nil {
			return nil, err
		}
		return wsdl.AppendDsappSRPActivateResponse(dst, &wsdl.DsappSRPActivateResponse{
			Status: wsdl.CommandStatusResponse{ResultCodes: wsdl.ResultCodes{ReturnCodeEnum: "RET_SUCCESS", StatusCodeEnum: "STAT_SUCCESS"}},
			Result: &wsdl.DSAPPSRPActivateResult{User: wsdl.UserOutput{UserID: "user1", Domain: "master"}, SerialNumber: "VDS1000140"},
		}), nil
	}
	h, err := soap.NewHandler(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// activation has the handler answer an envelope, on a connection that costs nothing.
func activation(h http.Handler, envelope []byte) func() {
	reader := bytes.NewReader(nil)
	body := io.NopCloser(reader)
	request, _ := http.NewRequest(http.MethodPost, "/", nil)
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	request.ContentLength = int64(len(envelope))
	w := &discard{http.Header{}}
	return func() {
		reader.Reset(envelope)
		request.Body = body
		h.ServeHTTP(w, request)
	}
}

// An activation takes at most 25 allocations from the body to the log line, of which
// the values that the operation is given are some.
func TestActivationAllocates(t *testing.T) {
	activate := activation(activating(t), body(t, "documented-activate"))
	if allocations := testing.AllocsPerRun(1000, activate); allocations > 25 {
		t.Errorf("%v allocations", allocations)
	}
}
