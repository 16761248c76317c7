package console_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/server/console"
	"github.com/dsappd/dsappd/phone"
)

// event is what a page is told.
type event struct {
	Phase, Says, SerialNumber string
	Step                      int
}

// events follows a registration.
type events struct {
	t         testing.TB
	lines     *bufio.Scanner
	remaining int // seconds, of the last
}

func (b *browser) follow(path string) *events {
	b.t.Helper()
	client := *b.client
	client.Timeout = 0
	response := must(client.Get(b.url + path))(b.t)
	b.t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		b.t.Fatalf("%s: %s, %s", path, response.Status, response.Header.Get("Content-Type"))
	}
	return &events{t: b.t, lines: bufio.NewScanner(response.Body)}
}

// next waits for an event; ended says that the stream is at its end.
func (e *events) next() (got event, ended bool) {
	e.t.Helper()
	for e.lines.Scan() {
		if data, is := strings.CutPrefix(e.lines.Text(), "data: "); is {
			must(0, json.Unmarshal([]byte(data), &got))(e.t)
			must(0, json.Unmarshal([]byte(data), &struct{ Remaining *int }{&e.remaining}))(e.t)
			return got, false
		}
	}
	return got, true
}

func (e *events) want(want event) {
	e.t.Helper()
	got, _ := e.next()
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Error(diff)
	}
}

func (e *events) wantEnd() {
	e.t.Helper()
	if got, ended := e.next(); !ended {
		e.t.Errorf("after the end: %+v", got)
	}
}

// never leaves a stream nothing but what the process tells of commits.
func never(c *console.Config) { c.Limits.Reread, c.Limits.Heartbeat = time.Hour, time.Hour }

// TestStepsArriveLive hears of each commit, and of nothing else.
func TestStepsArriveLive(t *testing.T) {
	l := newLab(t, never)
	b := l.browser()
	shown := b.register("user1", "")
	live := b.follow("/registrations/1/events")
	live.want(event{Phase: "open", SerialNumber: "VDS1000140"})
	device := l.phone()
	state := must(device.Exchange(t.Context(), shown.registration(t)))(t)
	got, _ := live.next()
	if got.Step == 1 { // the first of two commits; both may come as one
		got, _ = live.next()
	}
	if diff := cmp.Diff(event{Phase: "open", SerialNumber: "VDS1000140", Step: 2, Says: "Your phone has received its data. Continue there."}, got); diff != "" {
		t.Error(diff)
	}
	otp, state, err := device.OTP(state)
	if err != nil {
		t.Fatal(err)
	}
	must(device.Activate(t.Context(), state, phone.Credential{Response: otp}))(t)
	live.want(event{Phase: "activated", SerialNumber: "VDS1000140", Step: 3, Says: "Your phone is activated."})
	live.wantEnd()
}

// TestRereadFindsWhatNobodyTold has the phone's steps taken at another server,
// and lets time pass, of which no commit tells.
func TestRereadFindsWhatNobodyTold(t *testing.T) {
	l := newLab(t, func(c *console.Config) { c.Limits.Reread = 10 * time.Millisecond })
	b := l.browser()
	shown := b.register("user1", "")
	live := b.follow("/registrations/1/events")
	live.next()
	must(l.phoneElsewhere().Exchange(t.Context(), shown.registration(t)))(t)
	got, _ := live.next()
	if got.Step == 1 { // as above
		got, _ = live.next()
	}
	if got.Step != 2 {
		t.Errorf("%+v", got)
	}
	l.clock.Pass(10 * time.Minute)
	live.want(event{Phase: "expired", SerialNumber: "VDS1000140", Step: 2, Says: "The code has expired. You can get a new one."})
	live.wantEnd()
}

// TestHeartbeat says the same again, so that the page knows that the server is
// there, and how much time is left.
func TestHeartbeat(t *testing.T) {
	l := newLab(t, func(c *console.Config) { c.Limits.Reread, c.Limits.Heartbeat = time.Millisecond, time.Millisecond })
	b := l.browser()
	b.register("user1", "")
	live := b.follow("/registrations/1/events")
	for range 3 {
		live.want(event{Phase: "open", SerialNumber: "VDS1000140"})
	}
}

// TestStreamOutlastsTheReadTimeout follows for longer than a server lets a
// request take to arrive.
func TestStreamOutlastsTheReadTimeout(t *testing.T) {
	l := newLab(t, func(c *console.Config) {
		c.Limits.Reread, c.Limits.Heartbeat = 50*time.Millisecond, 50*time.Millisecond
	})
	b := l.browser()
	b.register("user1", "")
	impatient := httptest.NewUnstartedServer(l.page)
	impatient.Config.ReadTimeout = 60 * time.Millisecond
	impatient.Start()
	t.Cleanup(func() { l.page.Close(); impatient.Close() })
	for _, c := range b.client.Jar.Cookies(must(url.Parse(b.url))(t)) {
		b.client.Jar.SetCookies(must(url.Parse(impatient.URL))(t), []*http.Cookie{c})
	}
	b.url = impatient.URL
	live := b.follow("/registrations/1/events")
	for range 4 { // each after 50 ms
		live.want(event{Phase: "open", SerialNumber: "VDS1000140"})
	}
}

// TestStreamsEnd ends a stream by what ends its session, by the user's own
// cancel and by the server's end.
func TestStreamsEnd(t *testing.T) {
	signedOut := event{Phase: "signed out"}
	for name, c := range map[string]struct {
		end  func(l *lab, b *browser, shown answer)
		last *event
	}{
		"sign-out": {func(l *lab, b *browser, shown answer) { b.post("/sign-out", shown.form(l.t, "/sign-out")) }, &signedOut},
		"cancel": {func(l *lab, b *browser, shown answer) {
			b.post("/registrations/1/cancel", shown.form(l.t, "/registrations/1/cancel"))
		}, &event{Phase: "closed", SerialNumber: "VDS1000140", Says: "This setup has ended. You cancelled it."}},
		"an operator": {func(l *lab, b *browser, shown answer) {
			l.close(shown.manual(l.t, "Registration ID"))
		}, &event{Phase: "closed", SerialNumber: "VDS1000140", Says: "This setup has ended. An administrator closed it."}},
		"the server's end": {func(l *lab, _ *browser, _ answer) { l.page.Close() }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, never)
			b := l.browser()
			shown := b.register("user1", "")
			live := b.follow("/registrations/1/events")
			live.next()
			c.end(l, b, shown)
			if c.last != nil {
				live.want(*c.last)
			}
			live.wantEnd()
		})
	}
}

// TestAStreamKeepsItsSession follows longer than a session may be idle.
func TestAStreamKeepsItsSession(t *testing.T) {
	l := newLab(t, func(c *console.Config) {
		c.Limits.Reread, c.Limits.Heartbeat, c.Limits.Idle = time.Millisecond, time.Millisecond, 4*time.Minute
	})
	b := l.browser()
	b.register("user1", "")
	live := b.follow("/registrations/1/events")
	for left := 600; left > 0; left -= 180 {
		for live.next(); live.remaining > left; live.next() {
		}
		l.clock.Pass(3 * time.Minute)
	}
	b.get("/registrations/1").has(t, http.StatusOK, `data-phase="expired"`)
}

// TestStreamOverHTTP2 follows as browsers do over TLS.
func TestStreamOverHTTP2(t *testing.T) {
	l := newLab(t, never)
	b := l.browserOverTLS()
	shown := b.register("user1", "")
	live := b.follow("/registrations/1/events")
	live.want(event{Phase: "open", SerialNumber: "VDS1000140"})
	l.close(shown.manual(t, "Registration ID"))
	live.want(event{Phase: "closed", SerialNumber: "VDS1000140", Says: "This setup has ended. An administrator closed it."})
	live.wantEnd()
	if home := b.get("/"); home.ProtoMajor != 2 {
		t.Errorf("it was %s", home.Proto)
	}
}

// TestStreamsAreLimited counts those that are open, of a session and in all.
func TestStreamsAreLimited(t *testing.T) {
	l := newLab(t, never, func(c *console.Config) { c.Limits.Streams, c.Limits.StreamsPerUser = 3, 2 })
	b, other := l.browser(), l.browser()
	b.register("user1", "")
	other.register("user2", "VDS1000142")
	first := b.follow("/registrations/1/events")
	b.follow("/registrations/1/events")
	b.get("/registrations/1/events").has(t, http.StatusTooManyRequests)
	other.follow("/registrations/1/events")
	other.get("/registrations/1/events").has(t, http.StatusTooManyRequests)
	b.post("/registrations/1/cancel", b.get("/registrations/1").form(t, "/registrations/1/cancel"))
	for ended := false; !ended; {
		_, ended = first.next()
	}
	b.follow("/registrations/1/events").next() // there is room again
	l.page.Close()
	other.get("/registrations/1/events").has(t, http.StatusTooManyRequests)
}
