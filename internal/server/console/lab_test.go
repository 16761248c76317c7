package console_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/console"
	"github.com/dsappd/dsappd/internal/server/gateway"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

// lab is a page, with its records in a folder of the test's.
type lab struct {
	t       testing.TB
	service *provision.Service
	server  *httptest.Server
	page    *console.Handler
	log     labtest.Log
	clock   labtest.Clock
}

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

const (
	password   = "Password2"
	gatewayKey = "the key of the phones"
)

// newLab has user1 with one authenticator, user2 with two, user3 with a
// licence for two devices, and user4 with none.
func newLab(t testing.TB, change ...func(*console.Config)) *lab {
	t.Helper()
	l := &lab{t: t}
	l.service = labtest.Service(t, store.New(new(memory.Engine), []byte("record key")), "lab", l.clock.Now)
	t.Cleanup(func() { l.check(); l.service.Store.Close() })
	l.furnish()
	l.page = l.handler(change...)
	l.server = httptest.NewServer(l.page)
	t.Cleanup(func() { l.page.Close(); l.server.Close() })
	return l
}

func (l *lab) handler(change ...func(*console.Config)) *console.Handler {
	l.t.Helper()
	config := console.Config{Service: l.service, ComponentType: "Self-Management", Log: slog.New(slog.NewTextHandler(&l.log, nil))}
	for _, c := range change {
		c(&config)
	}
	return must(console.NewHandler(config))(l.t)
}

func operator() provision.Operator { return provision.Operator{Name: "tester", RequestID: "test"} }

func (l *lab) furnish() {
	ctx, by, t := l.t.Context(), operator(), l.t
	must(l.service.AddDomain(ctx, by, provision.AddDomain{Name: "master"}))(t)
	must(l.service.AddPolicy(ctx, by, provision.AddPolicy{Name: "lab", Set: json.RawMessage(`{"MaximumActivations":0,"MinimumIntervalMinutes":0}`)}))(t)
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "Self-Management", Location: "0.0.0.0", Policy: "lab"}))(t)
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "gateway", Location: "0.0.0.0", Policy: "lab"}))(t)
	must(l.service.AddGatewayKey(ctx, by, provision.AddGatewayKey{Name: "phones", Side: provision.FrontEnd, Key: gatewayKey}))(t)
	totp := oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 6}
	hotp := oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}
	l.addUser("user1", provision.AddAuthenticator{SerialNumber: "VDS1000140", Parameters: totp})
	l.addUser("user2", provision.AddAuthenticator{SerialNumber: "VDS1000141", Parameters: hotp},
		provision.AddAuthenticator{SerialNumber: "VDS1000142", Parameters: totp})
	l.addUser("user3", provision.AddAuthenticator{SerialNumber: "VDM1000001", Parameters: dsapp.InstanceParameters(), Limit: 2})
	l.addUser("user4")
}

func (l *lab) addUser(userID string, authenticators ...provision.AddAuthenticator) {
	l.t.Helper()
	ctx, by := l.t.Context(), operator()
	must(l.service.AddUser(ctx, by, provision.AddUser{UserID: userID, StaticPassword: password}))(l.t)
	for _, a := range authenticators {
		must(l.service.AddAuthenticator(ctx, by, a))(l.t)
		must(l.service.AssignAuthenticator(ctx, by, provision.AssignAuthenticator{SerialNumber: a.SerialNumber, UserID: userID}))(l.t)
	}
}

func (l *lab) policy(set string) {
	l.t.Helper()
	must(l.service.SetPolicy(l.t.Context(), operator(), provision.SetPolicy{Name: "lab", Set: json.RawMessage(set)}))(l.t)
}

// check finds what a test has left broken.
func (l *lab) check() {
	l.t.Helper()
	problems, err := provision.CheckRecords(context.Background(), l.service.Store, l.clock.Now())
	if err != nil || len(problems) > 0 {
		l.t.Errorf("the records after the test: %v %v", problems, err)
	}
}

// phone is one that calls the same process over its gateway.
func (l *lab) phone() *phone.Device {
	l.t.Helper()
	return l.phoneAt(l.service)
}

// phoneElsewhere calls another server of the same records, of whose commits
// the page's is not told.
func (l *lab) phoneElsewhere() *phone.Device {
	l.t.Helper()
	return l.phoneAt(labtest.Service(l.t, l.service.Store, "elsewhere", l.clock.Now))
}

func (l *lab) phoneAt(service *provision.Service) *phone.Device {
	l.t.Helper()
	log := slog.New(slog.NewTextHandler(&l.log, nil))
	server := httptest.NewServer(must(gateway.NewHandler(gateway.Config{Service: service, Log: log, ComponentType: "gateway"}))(l.t))
	l.t.Cleanup(server.Close)
	transport := &phone.Gateway{URL: server.URL, Key: gatewayKey, HTTP: server.Client()}
	return &phone.Device{Transport: transport, Rand: rand.Reader, Now: l.clock.Now}
}

// browser is one that keeps cookies and nothing else: it has no JavaScript.
type browser struct {
	t      testing.TB
	client *http.Client
	url    string
}

func (l *lab) browser() *browser {
	l.t.Helper()
	client := &http.Client{Transport: l.server.Client().Transport, Jar: must(cookiejar.New(nil))(l.t), Timeout: 30 * time.Second}
	return &browser{t: l.t, client: client, url: l.server.URL}
}

// browserOverTLS speaks TLS to the same page.
func (l *lab) browserOverTLS() *browser {
	l.t.Helper()
	server := httptest.NewUnstartedServer(l.page)
	server.EnableHTTP2 = true
	server.StartTLS()
	l.t.Cleanup(server.Close)
	client := server.Client()
	client.Jar = must(cookiejar.New(nil))(l.t)
	return &browser{t: l.t, client: client, url: server.URL}
}

func (b *browser) sessionCookie() string {
	b.t.Helper()
	for _, c := range b.client.Jar.Cookies(must(url.Parse(b.url))(b.t)) {
		if c.Name == "dsappd-session" {
			return c.Value
		}
	}
	return ""
}

func (b *browser) setSessionCookie(value string) {
	b.t.Helper()
	b.client.Jar.SetCookies(must(url.Parse(b.url))(b.t), []*http.Cookie{{Name: "dsappd-session", Value: value}})
}

// answer is a page as it came, after redirections.
type answer struct {
	*http.Response
	text string
}

func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	response := must(b.client.Do(r))(b.t)
	text := must(io.ReadAll(response.Body))(b.t)
	response.Body.Close()
	return answer{response, string(text)}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.do(must(http.NewRequest(http.MethodGet, b.url+path, nil))(b.t))
}

func (b *browser) post(path string, form url.Values) answer {
	b.t.Helper()
	r := must(http.NewRequest(http.MethodPost, b.url+path, strings.NewReader(form.Encode())))(b.t)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// form is the hidden fields and the chosen button of the form to a path, as
// a browser would send them.
func (a answer) form(t testing.TB, path string) url.Values {
	t.Helper()
	_, inside, found := strings.Cut(a.text, `<form method="post" action="`+path+`">`)
	if !found {
		t.Fatalf("%s has no form to %s:\n%s", a.Request.URL, path, a.text)
	}
	inside, _, _ = strings.Cut(inside, "</form>")
	values := make(url.Values)
	for _, field := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(inside, -1) {
		values.Set(field[1], field[2])
	}
	return values
}

// signIn returns the page that the sign-in leads to.
func (b *browser) signIn(userID, password string) answer {
	b.t.Helper()
	form := b.get("/").form(b.t, "/sign-in")
	form.Set("userID", userID)
	form.Set("password", password)
	return b.post("/sign-in", form)
}

// register signs user in and registers what is chosen; without a choice, what
// there is.
func (b *browser) register(userID, serialNumber string) answer {
	b.t.Helper()
	form := b.signIn(userID, password).form(b.t, "/registrations")
	if serialNumber != "" {
		form.Set("serialNumber", serialNumber)
	}
	return b.post("/registrations", form)
}

// manual is a code behind "Can't scan the code?".
func (a answer) manual(t testing.TB, name string) string {
	t.Helper()
	found := regexp.MustCompile(`<dt>` + name + `</dt><dd><span class="code" id="[\w-]+">([^<]*)</span>`).FindStringSubmatch(a.text)
	if found == nil {
		t.Fatalf("the page has no %s:\n%s", name, a.text)
	}
	return found[1]
}

// registration is what a person types into a phone.
func (a answer) registration(t testing.TB) phone.Registration {
	t.Helper()
	return phone.Registration{ID: a.manual(t, "Registration ID"), Password: a.manual(t, "Activation password")}
}

// image is the SVG of the QR code.
func (a answer) image(t testing.TB) string {
	t.Helper()
	found := regexp.MustCompile(`<img src="data:image/svg\+xml;base64,([^"]*)"`).FindStringSubmatch(html.UnescapeString(a.text))
	if found == nil {
		t.Fatalf("the page has no image:\n%s", a.text)
	}
	return string(must(base64.StdEncoding.DecodeString(found[1]))(t))
}

func (a answer) has(t testing.TB, status int, words ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s: %d, want %d", a.Request.URL, a.StatusCode, status)
	}
	for _, w := range words {
		if !strings.Contains(a.text, w) {
			t.Errorf("%s: no %q in:\n%s", a.Request.URL, w, a.text)
		}
	}
}

func (a answer) lacks(t testing.TB, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(a.text, w) {
			t.Errorf("%s: %q is in:\n%s", a.Request.URL, w, a.text)
		}
	}
}

// close is an operator who closes a registration.
func (l *lab) close(registrationID string) {
	l.t.Helper()
	must(l.service.CloseRegistration(l.t.Context(), operator(), provision.CloseRegistration{RegistrationID: registrationID}))(l.t)
}
