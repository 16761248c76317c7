package phone

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// answering is a gateway that gives one answer to everything.
func answering(t *testing.T, status int, body string) *Gateway {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, key, ok := r.BasicAuth(); !ok || user == "" || key != "the key" || !strings.HasPrefix(r.URL.Path, "/under/rest/v2/provisioning/") {
			t.Errorf("asked %s with %q", r.URL.Path, key)
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return &Gateway{URL: server.URL + "/under", Key: "the key", HTTP: server.Client()}
}

const granted = `{"resultCodes":{"returnCodeEnum":"RET_SUCCESS","statusCodeEnum":"STAT_SUCCESS","returnCode":0,"statusCode":0}`

// TestGatewayReplies: what no gateway should answer is an error that says so,
// for every call.
func TestGatewayReplies(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"nothing":         {200, "", ErrReply},
		"a web page":      {200, "<html>", ErrReply},
		"no codes":        {200, `{"result":{"salt":"00"}}`, ErrReply},
		"no result":       {200, granted + `}`, ErrReply},
		"an empty result": {200, granted + `,"result":{}}`, ErrReply},
		"another result":  {200, granted + `,"result":["salt"]}`, ErrReply},
		"too long":        {200, granted + `,"result":{"salt":"` + strings.Repeat("0", maxReply) + `"}}`, ErrReply},
		"another key":     {401, `{"errorStack":{"errors":[{"errorDesc":"not known"}]}}`, ErrGatewayKey},
		"another side":    {403, "", ErrGatewayKey},
		"nowhere":         {404, "not found", ErrReply},
		"broken":          {502, "<html>", ErrReply},
	} {
		g := answering(t, c.status, c.body)
		for call, ask := range gatewayCalls(t, g) {
			if err := ask(); !errors.Is(err, c.want) {
				t.Errorf("%s to %s: %v, want %v", name, call, err, c.want)
			}
		}
	}
}

func gatewayCalls(t *testing.T, g *Gateway) map[Call]func() error {
	return map[Call]func() error{
		CallGenerateEphemeralKey:   func() error { _, err := g.GenerateEphemeralKey(t.Context(), "xiOb8GC2", "02"); return err },
		CallGenerateActivationData: func() error { _, err := g.GenerateActivationData(t.Context(), "xiOb8GC2", "00"); return err },
		CallAddDevice:              func() error { _, err := g.AddDevice(t.Context(), "xiOb8GC2", "0"); return err },
		CallActivate:               func() error { _, err := g.Activate(t.Context(), "xiOb8GC2", Credential{Response: "1"}); return err },
		CallActivateInstance: func() error {
			_, err := g.ActivateInstance(t.Context(), "xiOb8GC2", InstanceCredential{Signature: "1"})
			return err
		},
	}
}

// TestGatewayRefusals: the codes as they came, in the type that every
// transport has.
func TestGatewayRefusals(t *testing.T) {
	g := answering(t, 200, `{"resultCodes":{"returnCodeEnum":"RET_FAILURE","statusCodeEnum":"STAT_NOT_FOUND","returnCode":-1,"statusCode":-13},
		"errorStack":{"errors":[{"errorCode":-13,"errorDesc":"It is over."}]}}`)
	for call, ask := range gatewayCalls(t, g) {
		refusal, ok := errors.AsType[*Refusal](ask())
		if !ok || refusal.ResultCodes != (ResultCodes{"RET_FAILURE", "STAT_NOT_FOUND", -1, -13}) || !strings.HasSuffix(refusal.Error(), "STAT_NOT_FOUND (-13): It is over.") {
			t.Errorf("%s: %v", call, refusal)
		}
	}
}
