package timeline_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/server/timeline"
)

// keeper keeps the bodies at the door "json", where "name" is no secret.
func keeper(c timeline.Config) *timeline.Keeper {
	c.Now = time.Now
	c.Redact = map[string]func([]byte) (string, bool){"json": timeline.RedactJSON(func(member string) bool { return member == "name" })}
	return timeline.New(c)
}

// ask sends a body to a door that answers with it, under a request ID.
func ask(k *timeline.Keeper, door, id, body string) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Request-Id", id)
		_, _ = io.Copy(w, r.Body)
	})
	k.Wrap(door, echo, nil).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/here", strings.NewReader(body)))
}

func TestKeeperShowsNoSecrets(t *testing.T) {
	k := keeper(timeline.Config{})
	ask(k, "json", "a", `{"name": "user1", "pin": "9876", "keys": ["k1", 2, true]}`)
	ask(k, "json", "b", `{"name": "user1", "pin": "9876"`)
	ask(k, "forms", "c", `name=user1&pin=9876`)
	want := map[string]string{"a": `{"name":"user1","pin":"[hidden]","keys":["[hidden]","[hidden]",true]}`, "b": "", "c": ""}
	for id, shown := range want {
		e, found := k.Get(id)
		if !found || e.Request != shown || e.Reply != shown {
			t.Errorf("%s: found %t, the request is %s, the reply %s; want %s", id, found, e.Request, e.Reply, shown)
		}
		if e.Contains("9876") || !e.Contains("/here") {
			t.Errorf("%s is found by a secret, or not by its path", id)
		}
	}
	if raw, keeps := must(k.Get("c")).Raw(); keeps || len(raw.Request) > 0 {
		t.Errorf("the body of a form is kept: %s", raw.Request)
	}
}

func must(e timeline.Exchange, _ bool) timeline.Exchange { return e }

// The number of requests is bounded, and so is the memory that they take.
func TestKeeperIsBounded(t *testing.T) {
	few, small := keeper(timeline.Config{Requests: 3}), keeper(timeline.Config{Bytes: 100_000})
	for i := range 10 {
		ask(few, "json", fmt.Sprint(i), `{}`)
		ask(small, "json", fmt.Sprint(i), `{"name":"`+strings.Repeat("x", 10_000)+`"}`)
	}
	ids := func(k *timeline.Keeper) (all []string) {
		found, _ := k.Since(0)
		for _, e := range found {
			all = append(all, e.Name())
		}
		return all
	}
	if diff := cmp.Diff([]string{"7", "8", "9"}, ids(few)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"8", "9"}, ids(small)); diff != "" {
		t.Error(diff)
	}
	huge := keeper(timeline.Config{})
	ask(huge, "json", "huge", `{"name":"`+strings.Repeat("x", 100_000)+`"}`)
	if raw, _ := must(huge.Get("huge")).Raw(); raw.Whole || len(raw.Request) > 0 {
		t.Errorf("%d bytes of a body of 100000 are kept", len(raw.Request))
	}
}

// A decision belongs to the request of its ID, and its stages to its time.
func TestKeeperKnowsDecisions(t *testing.T) {
	k := keeper(timeline.Config{})
	began := time.Now()
	k.Observe(audit.Event{RequestID: "a", Operation: "logon", UserID: "user1", Domain: "master", Status: audit.Status{ReturnCode: -1, StatusCodeEnum: "STAT_LOCKED"}},
		audit.Stages{Began: began.Add(time.Second), Decided: began.Add(3 * time.Second), Committed: began.Add(6 * time.Second)})
	k.Observe(audit.Event{Operation: "sweep"}, audit.Stages{})
	ask(k, "json", "a", `{}`)
	ask(k, "json", "", `{}`)
	found, last := k.Since(0)
	if last != 2 || found[0].Operation != "logon" || found[0].Status != "STAT_LOCKED" || !found[0].Refused || found[1].Operation != "" || found[1].Name() != "n2" {
		t.Fatalf("%+v, last %d", found, last)
	}
	timing, ok := found[0].Timing()
	if !ok || timing.Decide != 2*time.Second || timing.Commit != 3*time.Second || timing.Reply != 0 {
		t.Errorf("%t %+v", ok, timing)
	}
	if _, ok := found[1].Timing(); ok {
		t.Error("a request without a decision has stages")
	}
	ctx, cancel := context.WithCancel(t.Context())
	came := make(chan bool)
	go func() { came <- k.Wait(ctx, 2) }()
	ask(k, "json", "b", `{}`)
	if !<-came {
		t.Error("nobody was told of the third")
	}
	cancel()
	if k.Wait(ctx, 3) {
		t.Error("there is no fourth")
	}
	k.Clear()
	if found, last := k.Since(0); len(found) != 0 || last != 3 {
		t.Errorf("cleared: %d are left, the last has number %d", len(found), last)
	}
}

func TestKeeperLeavesOut(t *testing.T) {
	k := keeper(timeline.Config{})
	served := 0
	handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served++ })
	wrapped := k.Wrap("json", handler, func(r *http.Request) bool { return r.URL.Path == "/style.css" })
	for _, path := range []string{"/style.css", "/page"} {
		wrapped.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	if found, _ := k.Since(0); served != 2 || len(found) != 1 || found[0].Path != "/page" {
		t.Errorf("%d were served, kept are %+v", served, found)
	}
	var none *timeline.Keeper
	none.Wrap("json", handler, nil).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	if served != 3 {
		t.Error("without a keeper the handler is not asked")
	}
}

// What is redacted is JSON still, and holds none of the values.
func FuzzRedactJSON(f *testing.F) {
	for _, seed := range []string{`{"a":"secret"}`, `["secret",{"b":[1e5,null]}]`, `"secret"`, `{"a":`, `{} {}`, ``, `{"name":{"x":"secret"}}`} {
		f.Add(seed)
	}
	redact := timeline.RedactJSON(func(string) bool { return false })
	f.Fuzz(func(t *testing.T, body string) {
		shown, ok := redact([]byte(body))
		again, still := redact([]byte(shown))
		if ok && (!still || again != shown) {
			t.Errorf("%q becomes %q and then %q", body, shown, again)
		}
		if !ok && shown != "" {
			t.Errorf("%q is no JSON and is shown as %q", body, shown)
		}
	})
}
