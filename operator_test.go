package dsappd_test

import (
	"bufio"
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// openConsole serves a lab with the operator's console.
func openConsole(t *testing.T) (*dsappd.Server, *operators.Door) {
	t.Helper()
	dir := t.TempDir()
	s := openLab(t, dsappd.Config{Dir: dir, OperatorAddr: "127.0.0.1:0"})
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { door.Close() })
	return s, door
}

// consoleBrowser is a browser without JavaScript.
type consoleBrowser struct {
	t      *testing.T
	at     string
	client *http.Client
}

func newConsoleBrowser(t *testing.T, s *dsappd.Server) *consoleBrowser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &consoleBrowser{t, strings.TrimSuffix(s.URLs().Operator, "/"), &http.Client{Jar: jar}}
}

// consolePage is what was answered.
type consolePage struct {
	t          *testing.T
	status     int
	path, text string
	header     http.Header
}

func (b *consoleBrowser) do(r *http.Request, err error) consolePage {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return consolePage{b.t, response.StatusCode, response.Request.URL.Path, html.UnescapeString(string(text)), response.Header}
}

func (b *consoleBrowser) get(path string) consolePage {
	b.t.Helper()
	return b.do(http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.at+path, nil))
}

func (b *consoleBrowser) post(path string, form url.Values) consolePage {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.at+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r, err)
}

// send sends a form of a page, with its token.
func (b *consoleBrowser) send(from consolePage, path string, pairs ...string) consolePage {
	b.t.Helper()
	form := url.Values{"token": {from.find(`name="token" value="([^"]+)"`)}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.post(path, form)
}

func (p consolePage) find(pattern string) string {
	p.t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(p.text)
	if found == nil {
		p.t.Fatalf("%s holds no %s:\n%s", p.path, pattern, p.text)
	}
	return found[1]
}

func (p consolePage) has(status int, words ...string) consolePage {
	p.t.Helper()
	if p.status != status {
		p.t.Errorf("%s: HTTP %d, want %d:\n%s", p.path, p.status, status, p.text)
	}
	for _, each := range words {
		if !strings.Contains(p.text, each) {
			p.t.Errorf("%s holds no %q:\n%s", p.path, each, p.text)
		}
	}
	return p
}

func (p consolePage) lacks(words ...string) consolePage {
	p.t.Helper()
	for _, each := range words {
		if strings.Contains(p.text, each) {
			p.t.Errorf("%s holds %q", p.path, each)
		}
	}
	return p
}

// byLink signs in by a link that works once.
func (b *consoleBrowser) byLink(s *dsappd.Server) *consoleBrowser {
	b.t.Helper()
	link, err := s.OperatorLink()
	if err != nil {
		b.t.Fatal(err)
	}
	_, once, _ := strings.Cut(link, "?once=")
	b.send(b.get("/sign-in?once="+once), "/sign-in/link", "once", once).has(http.StatusOK, "one-time link", "Sign out")
	return b
}

func (b *consoleBrowser) byKey(key string) consolePage {
	b.t.Helper()
	return b.send(b.get("/sign-in"), "/sign-in/key", "key", key)
}

// A refusal is found in the timeline and explained; what is secret is on no page
// and in no transcript.
func TestConsoleExplainsARefusal(t *testing.T) {
	t.Parallel()
	s, door := openConsole(t)
	registered := soapCall(t, s, "dsappSRPRegister", registerMembers("user2", "Password2"))
	id, secret := element(t, registered, "registrationID"), element(t, registered, "activationPassword")
	activate := `<componentType>srp-direct</componentType><registrationID>` + id + `</registrationID><credential><response>918273</response></credential>`
	soapCall(t, s, "dsappSRPActivate", activate)

	b := newConsoleBrowser(t, s).byLink(s)
	timeline := b.get("/requests").has(http.StatusOK, "dsappSRPRegister", "dsappSRPActivate", "user2@master", "/registrations/"+id, "STAT_INVCREDENTIALS")
	b.get("/requests?operation=activate&turned=refused").has(http.StatusOK, "dsappSRPActivate").lacks(">dsappSRPRegister<")
	b.get("/requests?q="+id).has(http.StatusOK, "dsappSRPActivate", ">dsappSRPRegister<")
	b.get("/requests?longer=yes").has(http.StatusBadRequest, "such as 100ms")
	refused := b.get(timeline.find(`(?s)href="(/requests/[0-9a-f]{16})"[^/]*</time></a></td><td data-column="Door">soap</td><td data-column="Operation">dsappSRPActivate`))
	refused.has(http.StatusOK, "Why it was refused", "one-time password", "this decided", "EventWindow", "[hidden]", "curl -sS", "seal")
	setting := refused.find(`href="(/policies/[^"]*#EventWindow)"`)
	b.get(setting[:strings.Index(setting, "#")]).has(http.StatusOK, `id="EventWindow"`, "from Base Policy")
	granted := b.get(timeline.find(`(?s)href="(/requests/[0-9a-f]{16})"[^/]*</time></a></td><td data-column="Door">soap</td><td data-column="Operation">dsappSRPRegister`))
	granted.has(http.StatusOK, "was granted").lacks("Why it was refused")
	life := b.get("/registrations/"+id).has(http.StatusOK, "2 of 3", "dsappSRPActivate", "Close", "Time left")
	flow := b.get("/registrations/"+id+"/transcript").has(http.StatusOK, "dsappSRPRegister", "dsappSRPActivate")
	for _, page := range []consolePage{timeline, refused, granted, life, flow, b.get("/requests?q=918273"), b.get("/search?q=Password2")} {
		page.lacks(secret, ">918273<", ">Password2<")
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URLs().Platform+"v1/users/user2@master/login", strings.NewReader(`{"objectType":"LoginInput","credentials":{"authenticator":{"OTP":"918273"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer lab-platform-key")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	rest := b.get("/requests/"+response.Header.Get("Request-Id")).has(http.StatusOK, "platform", "LoginInput", "[hidden]", "Save as transcript")
	written := b.get("/requests/"+response.Header.Get("Request-Id")+"/transcript").has(http.StatusOK, "v1/users/user2")
	for _, page := range []consolePage{rest, written} {
		page.lacks("918273", "lab-platform-key")
	}
	closed := b.send(b.get("/do/registration/close?id="+id).has(http.StatusOK, "the phone cannot go on"), "/do/registration/close?id="+id, "reason", "a test")
	closed.has(http.StatusOK, "Done: Close.", "Closed: a test")
	events, err := door.ListAuditEvents(t.Context(), provision.ListAuditEvents{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if last := events.Items[len(events.Items)-1]; last.Operation != "registration close" || last.Operator != "one-time link" {
		t.Errorf("the audit has %s by %q last", last.Operation, last.Operator)
	}
}

// Each page answers, and no page holds what its own policy forbids.
func TestConsolePages(t *testing.T) {
	t.Parallel()
	s, _ := openConsole(t)
	stranger := newConsoleBrowser(t, s)
	b := newConsoleBrowser(t, s).byLink(s)
	for _, path := range []string{
		"/requests", "/registrations", "/users", "/users/master/user1", "/authenticators", "/authenticators/VDS1000140", "/authenticators/VDM1000001",
		"/domains", "/components", "/policies", "/policies/Provisioning", "/keys", "/sessions", "/search?q=user1", "/search", "/lab", "/do/user/add", "/do/policy/set?id=Provisioning",
	} {
		page := b.get(path).has(http.StatusOK, "<h1>")
		if found := regexp.MustCompile(`(?i)\s(style|on[a-z]+)=|<script>|<style|src="https?:`).FindString(page.text); found != "" {
			t.Errorf("%s holds %q", path, found)
		}
		if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: %s", path, policy)
		}
		stranger.get(path).has(http.StatusOK, "Operator’s key").lacks("Sign out")
	}
	b.get("/search?q=user1").has(http.StatusOK, "/users/master/user1")
	b.get("/search?q=vds100014").has(http.StatusOK, "VDS1000140", "VDS1000141")
	for _, path := range []string{"/nowhere", "/requests/0000000000000000", "/registrations/none", "/users/master/nobody", "/authenticators/VDS9999999", "/do/user/explode"} {
		b.get(path).has(http.StatusNotFound)
	}
	for _, path := range []string{"/livez", "/readyz"} {
		stranger.get(path).has(http.StatusOK, "ok")
	}
	if stranger.get("/requests/events"); stranger.get("/requests/events").status != http.StatusNoContent {
		t.Error("a stranger can follow")
	}
}

// A link works once. A form is good for its own browser and its own site.
func TestConsoleSignIn(t *testing.T) {
	t.Parallel()
	s, door := openConsole(t)
	link, err := s.OperatorLink()
	if err != nil {
		t.Fatal(err)
	}
	_, once, _ := strings.Cut(link, "?once=")
	first, second := newConsoleBrowser(t, s), newConsoleBrowser(t, s)
	first.get("/sign-in?once=" + once) // a program that looks at links
	page := first.get("/sign-in?once=" + once)
	second.post("/sign-in/link", url.Values{"once": {once}, "token": {page.find(`name="token" value="([^"]+)"`)}}).has(http.StatusForbidden, "too old")
	first.send(page, "/sign-in/link", "once", once).has(http.StatusOK, "Sign out")
	second.send(second.get("/sign-in?once="+once), "/sign-in/link", "once", once).has(http.StatusForbidden, "works once")
	second.byKey("wrong").has(http.StatusForbidden, "no operator's key")

	forged := first.post("/do/user/disable?id=user1&in=master", url.Values{"token": {"0"}})
	forged.has(http.StatusForbidden, "too old")
	form := url.Values{"token": {first.get("/do/user/disable?id=user1&in=master").find(`name="token" value="([^"]+)"`)}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, first.at+"/do/user/disable?id=user1&in=master", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://elsewhere.example")
	first.do(r, err).has(http.StatusForbidden, "came from elsewhere")
	r, err = http.NewRequestWithContext(t.Context(), http.MethodGet, first.at+"/requests", nil)
	r.Host = "evil.example"
	first.do(r, err).has(http.StatusMisdirectedRequest, "operator.hosts")
	user, err := door.ShowUser(t.Context(), provision.NameUser{UserID: "user1"})
	if err != nil || user.Disabled {
		t.Errorf("%+v %v", user, err)
	}
	first.send(first.get("/requests"), "/sign-out").lacks("Sign out")
	first.get("/requests").has(http.StatusOK, "Operator’s key")
}

// Who signs in by a key that looks only, or as an administrator with few
// privileges, does no more than that.
func TestConsoleRoles(t *testing.T) {
	t.Parallel()
	s, door := openConsole(t)
	key, err := door.AddOperatorKey(t.Context(), provision.AddOperatorKey{Name: "onlooker", ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	b := newConsoleBrowser(t, s)
	b.byKey(key.Key).has(http.StatusOK, "onlooker", "looks only")
	b.get("/users/master/user1").has(http.StatusOK, "user1").lacks("/do/")
	b.get("/do/user/disable?id=user1&in=master").has(http.StatusForbidden, "looks only")
	b.send(b.get("/requests"), "/do/user/disable?id=user1&in=master").has(http.StatusForbidden)
	b.send(b.get("/lab"), "/lab/clock", "do", "freeze").has(http.StatusForbidden)
	if _, err := door.DeleteOperatorKey(t.Context(), admin.NameOperatorKey{Name: key.Name}); err != nil {
		t.Fatal(err)
	}
	b.get("/requests").has(http.StatusForbidden, "no longer holds")

	for _, add := range []error{
		second(door.AddDomain(t.Context(), provision.AddDomain{Name: "branch"})),
		second(door.AddUser(t.Context(), provision.AddUser{UserID: "helper", StaticPassword: "Password3", Domain: "branch"})),
		second(door.AddUser(t.Context(), provision.AddUser{UserID: "customer", StaticPassword: "Password4", Domain: "branch"})),
		second(door.AddAdministrator(t.Context(), provision.NameAdministrator{NameUser: provision.NameUser{UserID: "helper", Domain: "branch"}, Privileges: []string{"helpdesk"}})),
	} {
		if add != nil {
			t.Fatal(add)
		}
	}
	soapCall(t, s, "dsappSRPRegister", registerMembers("user1", "Password2"))
	soapCall(t, s, "dsappSRPRegister", registerMembers("customer@branch", "wrong"))
	helper := newConsoleBrowser(t, s)
	helper.send(helper.get("/sign-in"), "/sign-in/administrator", "userID", "helper@branch", "password", "wrong").has(http.StatusForbidden, "Wrong user ID or password.")
	helper.send(helper.get("/sign-in"), "/sign-in/administrator", "userID", "helper@branch", "password", "Password3").has(http.StatusOK, "helper@branch", "customer@branch").lacks("user1")
	helper.get("/users").has(http.StatusOK, "customer").lacks("user1")
	helper.get("/users/branch/customer").has(http.StatusOK, "set-password").lacks("/do/user/delete", "/do/user/disable")
	helper.get("/search?q=user1").lacks("/users/master/user1")
	for _, path := range []string{"/users/master/user1", "/components", "/policies", "/keys", "/lab", "/do/user/delete?id=customer&in=branch", "/do/component/delete?id=srp-direct&in=127.0.0.0/8"} {
		if page := helper.get(path); page.status != http.StatusForbidden && page.status != http.StatusNotFound {
			t.Errorf("%s: HTTP %d for a helper of another domain", path, page.status)
		}
	}
	set := "/do/user/set-password?id=user1&in=master"
	helper.send(helper.get(set), set, "password", "another").has(http.StatusForbidden, "Insufficient permission")
	set = "/do/user/set-password?id=customer&in=branch"
	helper.send(helper.get(set), set, "password", "another").has(http.StatusOK, "Done: Set the password.")
	if _, err := door.DisableUser(t.Context(), provision.NameUser{UserID: "helper", Domain: "branch"}); err != nil {
		t.Fatal(err)
	}
	helper.get("/users").has(http.StatusForbidden, "no longer holds")
}

// The stream brings a request as it ends, and ends with the session.
func TestConsoleStream(t *testing.T) {
	t.Parallel()
	s, _ := openConsole(t)
	b := newConsoleBrowser(t, s).byLink(s)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	last := b.get("/requests").find(`data-last="([0-9]+)"`)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.at+"/requests/events?user=user2&after="+last, nil)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	soapCall(t, s, "dsappSRPRegister", registerMembers("user1", "Password2"))
	soapCall(t, s, "dsappSRPRegister", registerMembers("user2", "Password2"))
	lines := bufio.NewScanner(stream.Body)
	for lines.Scan() {
		if data, is := strings.CutPrefix(lines.Text(), "data: "); is {
			if !strings.Contains(data, `"who":"user2@master"`) || strings.Contains(data, "user1") || !strings.Contains(data, `"status":"STAT_SUCCESS"`) {
				t.Errorf("the stream brings %s", data)
			}
			break
		}
	}
	b.send(b.get("/requests"), "/sign-out")
	for lines.Scan() { // it ends
	}
	if ctx.Err() != nil {
		t.Error("the stream outlives its session")
	}
}

// Clock and faults obey the console, and a lab's clock signs nobody out.
func TestConsoleSteersTheLab(t *testing.T) {
	t.Parallel()
	s, _ := openConsole(t)
	b := newConsoleBrowser(t, s).byLink(s)
	before := s.Controls().Clock.Now()
	b.send(b.get("/lab"), "/lab/clock", "do", "advance", "by", "72h").has(http.StatusOK, "Done.")
	if ahead := s.Controls().Clock.Now().Sub(before); ahead < 72*time.Hour {
		t.Errorf("the clock moved by %v", ahead)
	}
	b.send(b.get("/lab"), "/lab/clock", "do", "advance", "by", "soon").has(http.StatusBadRequest, "such as 10m")
	b.send(b.get("/lab"), "/lab/clock", "do", "set", "time", "2001-01-01T00:00:00Z").has(http.StatusBadRequest, "does not go back")
	b.send(b.get("/lab"), "/lab/faults", "do", "status", "status", "user locked", "operation", "dsappSRPRegister").has(http.StatusOK, "user locked")
	b.send(b.get("/lab"), "/lab/faults", "do", "status", "status", "no such row").has(http.StatusBadRequest, "no such row")
	if got := element(t, soapCall(t, s, "dsappSRPRegister", registerMembers("user1", "Password2")), "statusCodeEnum"); got == "STAT_SUCCESS" {
		t.Errorf("with the fault: %s", got)
	}
	b.get("/requests").has(http.StatusOK, "STAT_LOCKED")
	b.send(b.get("/lab"), "/lab/faults/clear").has(http.StatusOK, "everything works")
	b.send(b.get("/lab"), "/lab/reset").has(http.StatusOK, "Done.")
	b.get("/requests").lacks("STAT_LOCKED")
}

func second[T any](_ T, err error) error { return err }
