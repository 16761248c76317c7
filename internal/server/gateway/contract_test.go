package gateway_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/errors"
)

// contract holds what goes over the wire to the description that is served.
type contract struct {
	mutex     sync.Mutex
	validator validator.Validator
}

func newContract(t testing.TB) *contract {
	t.Helper()
	document := must(libopenapi.NewDocument(must(os.ReadFile("openapi.yaml"))(t)))(t)
	v, faults := validator.NewValidator(document)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return &contract{validator: v}
}

// request says whether the description allows a request.
func (c *contract) request(r *http.Request, body string) (bool, []*errors.ValidationError) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader([]byte(body)))
	return c.validator.ValidateHttpRequestSync(again)
}

var requestIDForm = regexp.MustCompile(`^[0-9a-f]{16}$`)

// reply fails the test if a reply is not as described. It checks the form of
// the random Request-Id itself and hands the validator a fixed one: the
// validator reads a header of decimal digits as a number and refuses it.
func (c *contract) reply(t testing.TB, r *http.Request, status int, header http.Header, body []byte) {
	t.Helper()
	if id := header.Get("Request-Id"); !requestIDForm.MatchString(id) {
		t.Errorf("%s %s: Request-Id %q", r.Method, r.URL.Path, id)
	}
	header = header.Clone()
	header.Set("Request-Id", "0123456789abcdef")
	c.mutex.Lock()
	defer c.mutex.Unlock()
	response := &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Request: r}
	if ok, faults := c.validator.ValidateHttpResponse(r, response); !ok {
		t.Errorf("%s %s: a reply of HTTP %d is not as described: %s\n%s", r.Method, r.URL.Path, status, said(faults), body)
	}
}

func said(faults []*errors.ValidationError) string {
	var all string
	for _, f := range faults {
		all += fmt.Sprintf("\n%s: %s", f.Message, f.Reason)
		for _, s := range f.SchemaValidationErrors {
			all += fmt.Sprintf("\n  %s: %s", s.KeywordLocation, s.Reason)
		}
	}
	return all
}

// TestContract tries the contract itself: it must not hold with anything.
func TestContract(t *testing.T) {
	c := newContract(t)
	l := newLab(t)
	r := l.request(frontKey, provisioning+"getServerTime", "{}")
	for body, want := range map[string]bool{
		`{"resultCodes":{"returnCodeEnum":"RET_SUCCESS","statusCodeEnum":"STAT_SUCCESS","returnCode":0,"statusCode":0},"result":{"serverTime":1}}`:   true,
		`{"resultCodes":{"returnCodeEnum":"RET_SUCCESS","statusCodeEnum":"STAT_SUCCESS","returnCode":0,"statusCode":0},"result":{"serverTime":"1"}}`: false,
		`{"resultCodes":{"returnCodeEnum":"RET_SUCCESS","statusCodeEnum":"STAT_SUCCESS","returnCode":0,"statusCode":0},"result":{}}`:                 false,
		`{"resultCodes":{"returnCodeEnum":"RET_FAILURE","statusCodeEnum":"STAT_ERROR","returnCode":-1,"statusCode":-1},"result":{"serverTime":1}}`:   false,
		`{"resultCodes":{"returnCode":0,"statusCode":0},"result":{"serverTime":1}}`:                                                                  false,
		`{}`: false,
	} {
		response := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}, "Request-Id": {"0123456789abcdef"}},
			Body: io.NopCloser(bytes.NewReader([]byte(body))), Request: r}
		if ok, faults := c.validator.ValidateHttpResponse(r, response); ok != want {
			t.Errorf("%s: as described: %v, want %v%s", body, ok, want, said(faults))
		}
	}
}
