//go:build !race

package drafting_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dsappd/dsappd/replay/drafting"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/internal/playserver"

	"github.com/dsappd/dsappd/replay"
)

// recording starts throw-away servers behind a recorder.
type recording struct {
	dir string

	mu       sync.Mutex
	unmapped []string
}

func (r *recording) start(ctx context.Context, setup replay.Setup) (replay.Server, error) {
	server, err := playserver.Start(ctx, setup)
	if err != nil {
		return server, err
	}
	recorder, err := drafting.NewRecorder(drafting.RecorderConfig{Dir: r.dir, Now: setup.Now, Left: func(n drafting.Notice) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.unmapped = append(r.unmapped, n.Reason)
	}})
	if err != nil {
		return server, errors.Join(err, server.Close())
	}
	return before(server, recorder.Wrap, recorder.Close)
}

// before has what a server is asked go through a handler; close is called between
// its end and the server's.
func before(server replay.Server, wrap func(http.Handler) http.Handler, close func() error) (replay.Server, error) {
	var proxies []*httptest.Server
	var err error
	proxied := func(at string) string {
		upstream, parsed := url.Parse(at)
		err = errors.Join(err, parsed)
		proxy := httptest.NewServer(wrap(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(upstream) }}))
		proxies = append(proxies, proxy)
		return proxy.URL
	}
	doors := map[string]string{}
	for name, at := range server.Doors {
		doors[name] = proxied(at)
	}
	return replay.Server{URL: proxied(server.URL), Doors: doors, Order: server.Order, Close: func() error {
		for _, proxy := range proxies {
			proxy.Close()
		}
		return errors.Join(close(), server.Close())
	}}, err
}

// What is recorded while a transcript is played can be played itself, and no
// secret of it is on disk.
func TestRecordingReplays(t *testing.T) {
	files, err := filepath.Glob("../../testdata/transcripts/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), transcript.Extension)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read, err := replay.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if read.HasOrders() {
				return // which a recording does not see
			}
			recorded := &recording{dir: t.TempDir()}
			played := (&replay.Player{Start: recorded.start, HTTP: http.DefaultClient}).Play(t.Context(), read)
			if !played.Passed() {
				t.Fatalf("%s: not as expected when recorded: %+v", file, played)
			}
			differs := playFolder(t, recorded.dir, len(recorded.unmapped))
			why := notAlone(name)
			if (why == "") != (differs == "") {
				t.Errorf("not to be played from its recording because %q, and it differs in: %s", why, differs)
			}
		})
	}
}

// notAlone returns why a transcript cannot be played from its recordings, each of
// one registration; empty: it can.
func notAlone(name string) string {
	const (
		operator = "what an operator orders is not on the wire"
		earlier  = "another registration decides about this one"
		policy   = "the policy shows in a refusal alone, in which others look the same"
		code     = "a device code without a message is masked, and has no right form any more"
		deferred = "when a signature that is verified later was made is not on the wire"
		nobody   = "a refusal without a registration does not show who is there and with what"
	)
	return map[string]string{
		"rest-offline":                        earlier,
		"sign-deferred":                       deferred,
		"activate-derivation-code-required":   policy,
		"operator-closes-registration":        operator,
		"operator-disables-user":              operator,
		"operator-disables-user-plain-status": operator,
		"operator-lowers-limit":               operator,
		"operator-unassigns":                  operator,
		"order-single-device":                 code,
		"order-without-key-exchange":          code,
		"order-without-key-exchange-midway":   policy,
		"register-expires":                    "the clock moved on before steps that were granted, which is not written down",
		"register-supersedes":                 earlier,
		"update-device-pnid-refused":          nobody,
		"get-app-upgrade-info-refused":        nobody,
		"get-app-upgrade-info-disabled":       nobody,
		"execute-assign-refused":              nobody,
		"update-device-pnid-instance":         earlier,
		"mdl-wrong-signature":                 earlier,
		"mdl-several-devices":                 earlier,
		"mdl-place-expires":                   earlier,
		"mdl-licence-full":                    earlier,
		"execute-register-steps":              earlier,
		"mdl-message-expired":                 policy,
		"mdl-message-expired-online":          policy,
		"order-online-mdl":                    code,
		"http-describes":                      "what is not sent by POST is not recorded",
		"fault-http":                          "what is wrong with the headers of HTTP is not recorded",
		"mdl-wrong-device-code-form":          code,
	}[name]
}

// playFolder plays what was recorded, and returns what differs.
func playFolder(t *testing.T, dir string, unmapped int) string {
	t.Helper()
	var differs strings.Builder
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 && unmapped == 0 {
		return "nothing was recorded"
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"Password2", "Frupper", "Lallero.3", "key-of-", ">1234<", ">1234{{", `pin = "1234"`, "a@b.example"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds the secret %q:\n%s", file, secret, text)
			}
		}
		drafted, err := replay.Parse(filepath.Base(file), text)
		if err != nil {
			fmt.Fprintf(&differs, "%v\n%s", err, text)
			continue
		}
		again := (&replay.Player{Start: playserver.Start}).Play(t.Context(), drafted)
		if !again.Passed() {
			if err := (&replay.People{Writer: &differs, Quiet: true}).Report(again); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&differs, "%s", text)
		}
	}
	return differs.String()
}
