package console_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/dsapp/qr"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/console"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
)

// TestActivationWithoutJavaScript goes the whole way by links and forms alone.
func TestActivationWithoutJavaScript(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	shown := b.register("user1", "")
	shown.has(t, http.StatusOK, "Set up your phone", `aria-current="step"`, "check its progress", `data-remaining="600"`)
	id, code := shown.manual(t, "Registration ID"), shown.manual(t, "Activation password")
	want := must(dsapp.Image{UserID: "user1", Domain: "master", RegistrationID: id, ActivationPassword: code, DigipassGatewayID: "0123456789"}.Hex())(t)
	if string(must(qr.SVG(want, qr.Module))(t)) != shown.image(t) {
		t.Error("the image is not that of the manual codes")
	}

	device := l.phone()
	state := must(device.Exchange(t.Context(), phone.Registration{ID: id, Password: code}))(t)
	looked := b.get("/registrations/1")
	looked.has(t, http.StatusOK, `<li class="done">`, "Now: ", "Get a new code", `http-equiv="refresh"`)
	looked.lacks(t, id, code, "data:image/svg+xml;base64")
	if n := strings.Count(looked.text, `class="done"`); n != 2 {
		t.Errorf("%d steps are done, want 2", n)
	}
	otp, state, err := device.OTP(state)
	if err != nil {
		t.Fatal(err)
	}
	must(device.Activate(t.Context(), state, phone.Credential{Response: otp}))(t)
	b.get("/registrations/1").has(t, http.StatusOK, `data-phase="activated"`, "VDS1000140")
	b.get("/").has(t, http.StatusOK, "Active, set up <time datetime=")
}

// TestReloadOffersANewOne sends the form of the registration again, as a
// reload does, and then the form that offers a new one.
func TestReloadOffersANewOne(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	form := b.signIn("user1", password).form(t, "/registrations")
	first := b.post("/registrations", form)
	again := b.post("/registrations", form)
	again.has(t, http.StatusOK, "The code is shown only once", "Get a new code")
	again.lacks(t, first.manual(t, "Registration ID"), first.manual(t, "Activation password"))
	if again.Request.URL.Path != "/registrations/1" {
		t.Errorf("the reload led to %s", again.Request.URL)
	}
	second := b.post("/registrations", again.form(t, "/registrations"))
	if second.manual(t, "Registration ID") == first.manual(t, "Registration ID") {
		t.Error("the new one is the old one")
	}
	b.get("/registrations/1").has(t, http.StatusOK, "You started over with a new code.")
	b.get("/").has(t, http.StatusOK, `<a href="/registrations/2">Continue</a>`)
}

// What a session remembers of a form is no longer than the page makes it.
func TestFormsOwnNumber(t *testing.T) {
	b := newLab(t).browser()
	form := b.signIn("user1", password).form(t, "/registrations")
	form.Set("once", form.Get("once")+"0")
	b.post("/registrations", form).has(t, http.StatusBadRequest, "Nothing was done")
	b.get("/registrations/1").has(t, http.StatusNotFound, "There is nothing here any more")
}

func TestCancelAndStartOver(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	shown := b.register("user1", "")
	cancelled := b.post("/registrations/1/cancel", shown.form(t, "/registrations/1/cancel"))
	cancelled.has(t, http.StatusOK, `data-phase="closed"`, "You cancelled it.", "Get a new code")
	b.post("/registrations/1/cancel", shown.form(t, "/registrations/1/cancel")).has(t, http.StatusOK, "You cancelled it.")
	b.post("/registrations", cancelled.form(t, "/registrations")).has(t, http.StatusOK, `data-phase="open"`)
	b.get("/").lacks(t, `<a href="/registrations/1">`)
}

func TestExpired(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	b.register("user1", "")
	l.clock.Pass(10 * time.Minute)
	expired := b.get("/registrations/1")
	expired.has(t, http.StatusOK, `data-phase="expired"`, "The code has expired")
	expired.lacks(t, `http-equiv="refresh"`)
	b.post("/registrations", expired.form(t, "/registrations")).has(t, http.StatusOK, `data-phase="open"`)
}

func TestTwoAuthenticators(t *testing.T) {
	l := newLab(t)
	l.browser().signIn("user2", password).has(t, http.StatusOK, "Choose what to set up", "VDS1000141", "VDS1000142")
	l.browser().register("user2", "VDS1000142").has(t, http.StatusOK, `<span class="code" id="serial-number">VDS1000142</span>`)
	l.browser().register("user2", "VDS1000140").has(t, http.StatusNotFound, "The user has no authenticator with this serialNumber.")
}

// TestOfflineData shows the serial number, which the app asks for.
func TestOfflineData(t *testing.T) {
	l := newLab(t)
	l.addUser("user5", provision.AddAuthenticator{SerialNumber: "VDS1000144", ActivationType: provision.Offline, SecretSize: 16,
		Parameters: oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA1, Digits: 6}})
	b := l.browser()
	shown := b.register("user5", "")
	shown.has(t, http.StatusOK, `asks for a serial number: <span class="code">VDS1000144</span>`)
	r := shown.registration(t)
	r.Offline = &phone.BuiltIn{Parameters: oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA1, Digits: 6}, SerialNumber: "VDS1000144"}
	must(l.phone().Exchange(t.Context(), r))(t)
	l.browser().register("user1", "").lacks(t, "asks for a serial number")
}

func TestNoAuthenticator(t *testing.T) {
	l := newLab(t)
	l.browser().register("user4", "").has(t, http.StatusNotFound, "The user has no authenticator.")
	must(l.service.AddAuthenticator(t.Context(), operator(), provision.AddAuthenticator{SerialNumber: "VDM1000009",
		Parameters: dsapp.InstanceParameters(), Limit: 1}))(t)
	l.policy(`{"AutoAssign":true, "AutoAssignType": "mdl"}`)
	l.browser().register("user4", "").has(t, http.StatusOK, "VDM1000009")
}

// TestLicence shows that a device was added, and that another can be.
func TestLicence(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	home := b.signIn("user3", password)
	home.has(t, http.StatusOK, "For several phones: 0 of 2 in use")
	shown := b.post("/registrations", home.form(t, "/registrations"))
	device := l.phone()
	state := must(device.ExchangeMDL(t.Context(), phone.State{}, shown.registration(t)))(t)
	_, state, err := device.DeviceCode(state, dsapp.Android)
	if err != nil {
		t.Fatal(err)
	}
	state = must(device.AddDevice(t.Context(), state))(t)
	added := b.get("/registrations/1")
	added.has(t, http.StatusOK, "Phone is added to your phones")
	if n := strings.Count(added.text, `class="done"`); n != 3 {
		t.Errorf("%d steps are done, want 3", n)
	}
	must(device.ActivateInstance(t.Context(), state, "VDM1000001-1", ""))(t)
	b.get("/registrations/1").has(t, http.StatusOK, `data-phase="activated"`, "VDM1000001-1")
	b.get("/").has(t, http.StatusOK, "For several phones: 1 of 2 in use")
}

// TestWrongPasswordAndLock compares the words with those of SOAP's register,
// whose policy it is.
func TestWrongPasswordAndLock(t *testing.T) {
	for policy, locked := range map[string]string{
		`{"GenericStatusCodes":true}`:  "Wrong user ID or password.",
		`{"GenericStatusCodes":false}`: "The user is locked for some time.",
	} {
		l := newLab(t)
		l.policy(policy)
		b := l.browser()
		for range 3 {
			wrong := b.signIn("user1", "not the password")
			wrong.has(t, http.StatusForbidden, "Wrong user ID or password.", `name="userID" value="user1"`)
			wrong.lacks(t, "not the password")
		}
		b.signIn("user1", password).has(t, http.StatusForbidden, locked)
		b.signIn("nobody", password).has(t, http.StatusForbidden, "Wrong user ID or password.")
		b.signIn(`"><script>`, password).has(t, http.StatusForbidden, `value="&#34;&gt;&lt;script&gt;"`)
		b.signIn("", password).has(t, http.StatusBadRequest, "The user ID is missing.")
	}
}

// TestEndOfTheSession ends it in each of its ways, and looks whether the page
// of a registration can still be seen.
func TestEndOfTheSession(t *testing.T) {
	user := provision.NameUser{UserID: "user1"}
	for name, end := range map[string]func(l *lab, b *browser, home answer){
		"sign-out": func(l *lab, b *browser, home answer) { b.post("/sign-out", home.form(l.t, "/sign-out")) },
		"idle":     func(l *lab, b *browser, _ answer) { l.clock.Pass(15 * time.Minute) },
		"its time is over": func(l *lab, b *browser, _ answer) {
			for range 6 {
				l.clock.Pass(10 * time.Minute)
				b.get("/")
			}
		},
		"another password": func(l *lab, b *browser, _ answer) {
			must(l.service.SetUserPassword(l.t.Context(), operator(), provision.SetUserPassword{NameUser: user, StaticPassword: "another"}))(l.t)
		},
		"disabled": func(l *lab, b *browser, _ answer) {
			must(l.service.DisableUser(l.t.Context(), operator(), user))(l.t)
		},
		"as many elsewhere": func(l *lab, b *browser, _ answer) {
			for range 5 {
				l.clock.Pass(time.Second)
				l.browser().signIn("user1", password)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			b := l.browser()
			b.register("user1", "")
			home := b.get("/")
			end(l, b, home)
			after := b.get("/registrations/1")
			after.form(t, "/sign-in")
			after.lacks(t, "VDS1000140", "Sign out")
			b.post("/registrations", home.form(t, "/registrations")).form(t, "/sign-in")
			if n := len(must(l.service.ListRegistrations(t.Context(), provision.ListRegistrations{}))(t).Records); n != 1 {
				t.Errorf("%d registrations, want 1", n)
			}
		})
	}
}

// TestAnotherUsersRegistration holds the numbers of registrations to their
// sessions.
func TestAnotherUsersRegistration(t *testing.T) {
	l := newLab(t)
	l.browser().register("user1", "")
	other := l.browser()
	other.signIn("user2", password)
	for _, path := range []string{"/registrations/1", "/registrations/1/events", "/registrations/0", "/registrations/x"} {
		other.get(path).has(t, http.StatusNotFound, "There is nothing here any more")
	}
}

// TestForgedForms sends each form without the token, with another browser's,
// and from another origin.
func TestForgedForms(t *testing.T) {
	l := newLab(t)
	b, other := l.browser(), l.browser()
	b.register("user1", "")
	theirs := other.signIn("user1", password).form(t, "/registrations").Get("token")
	for _, path := range []string{"/registrations", "/registrations/1/cancel"} {
		for _, token := range []string{"", "0", theirs} {
			b.post(path, url.Values{"token": {token}, "once": {"x"}, "serialNumber": {"VDS1000140"}}).has(t, http.StatusForbidden, "This form is too old")
		}
	}
	b.post("/sign-out", url.Values{"token": {theirs}})
	home := b.get("/")
	home.has(t, http.StatusOK, "Sign out", "Continue")

	r := must(http.NewRequest(http.MethodPost, b.url+"/registrations", strings.NewReader(home.form(t, "/registrations").Encode())))(t)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://elsewhere.example")
	b.do(r).has(t, http.StatusForbidden, "came from elsewhere")

	for _, token := range []string{"", theirs} {
		l.browser().post("/sign-in", url.Values{"token": {token}, "userID": {"user1"}, "password": {password}}).has(t, http.StatusForbidden, "This form was too old")
	}
}

// A name that another page points to this machine is none of the page's.
func TestStrangeHost(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		r := must(http.NewRequest(method, b.url+"/", nil))(t)
		r.Host = "evil.example:8889"
		b.do(r).has(t, http.StatusMisdirectedRequest, "not the address of this page", "console.hosts")
	}
}

// TestProtection looks at the headers of every kind of answer, and at the
// cookies.
func TestProtection(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	shown := b.register("user1", "")
	answers := []answer{l.browser().get("/"), shown, b.get("/registrations/1"), b.get("/console.css"), b.get("/console.js"),
		b.get("/nowhere"), b.get("/registrations/9"), b.post("/registrations", nil)}
	for _, a := range answers {
		got := make(map[string]string)
		for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy", "Cache-Control", "X-Frame-Options"} {
			got[name] = a.Header.Get(name)
		}
		if diff := cmp.Diff(map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cache-Control": "no-store", "X-Frame-Options": "DENY"}, got); diff != "" {
			t.Errorf("%s: %s", a.Request.URL, diff)
		}
		policy := a.Header.Get("Content-Security-Policy")
		for _, rule := range []string{"default-src 'none'", "img-src data:", "style-src 'self'", "script-src 'self'", "connect-src 'self'",
			"form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, rule) {
				t.Errorf("%s: no %s in %s", a.Request.URL, rule, policy)
			}
		}
		if found := regexp.MustCompile(`(?i)\s(style|on\w+)=|<script>|<style|https?://[^w]`).FindString(a.text); found != "" {
			t.Errorf("%s holds %q, which the policy forbids", a.Request.URL, found)
		}
	}
	if strings.Contains(l.log.String(), shown.manual(t, "Activation password")) || strings.Contains(l.log.String(), password) {
		t.Error("the log holds a password")
	}
}

// TestCookies looks at what a browser keeps, in plain text and over TLS.
func TestCookies(t *testing.T) {
	l := newLab(t)
	for _, secure := range []bool{false, true} {
		b, prefix := l.browser(), ""
		if secure {
			b, prefix = l.browserOverTLS(), "__Host-"
		}
		form := b.get("/").form(t, "/sign-in")
		form.Set("userID", "user1")
		form.Set("password", password)
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		signedIn := b.post("/sign-in", form)
		got := make(map[string]string)
		for _, c := range signedIn.Cookies() {
			got[c.Name] = ""
			if c.MaxAge >= 0 {
				got[c.Name] = "kept"
			}
			if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.Secure != secure || !c.Expires.IsZero() {
				t.Errorf("%s", c.Raw)
			}
		}
		if diff := cmp.Diff(map[string]string{prefix + "dsappd-sign-in": "", prefix + "dsappd-session": "kept"}, got); diff != "" {
			t.Error(diff)
		}
		b.get("/").has(t, http.StatusOK, "Sign out")
	}
}

// TestSignInRotatesTheSession holds that a cookie from before the sign-in is
// worth nothing after it.
func TestSignInRotatesTheSession(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	b.signIn("user1", password)
	first := b.sessionCookie()
	again := l.browser()
	again.setSessionCookie(first)
	again.get("/").has(t, http.StatusOK, "Sign out")
	fixed := l.browser()
	form := fixed.get("/").form(t, "/sign-in")
	fixed.setSessionCookie(first)
	form.Set("userID", "user1")
	form.Set("password", password)
	fixed.post("/sign-in", form).has(t, http.StatusOK, "Sign out")
	if second := fixed.sessionCookie(); second == first || len(second) != 64 {
		t.Errorf("after the sign-in the cookie is %q, before it was %q", second, first)
	}
	again.get("/").form(t, "/sign-in")
}

// A page that is made anew by other settings keeps those who are signed in, and
// takes the forms that they were shown.
func TestWithOtherSettings(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	b.signIn("user1", password)
	form := b.get("/").form(t, "/sign-out")
	next := must(l.page.With(console.Config{
		Service: l.service, ComponentType: "Self-Management", Hosts: []string{"phones.test"}, Log: slog.New(slog.DiscardHandler),
	}))(t)
	other := httptest.NewServer(next)
	defer other.Close()
	b.url = other.URL
	b.get("/").has(t, http.StatusOK, "Sign out")
	b.post("/sign-out", form).has(t, http.StatusOK, "Sign in")
}

// TestSessionsAreLimited ends the one that was idle for longest.
func TestSessionsAreLimited(t *testing.T) {
	l := newLab(t, func(c *console.Config) { c.Limits.Sessions = 3 })
	var all []*browser
	for _, userID := range []string{"user1", "user2", "user3"} {
		b := l.browser()
		b.signIn(userID, password).has(t, http.StatusOK, "Sign out")
		all = append(all, b)
		l.clock.Pass(time.Second)
	}
	all[0].get("/")
	l.clock.Pass(time.Second)
	l.browser().signIn("user4", password).has(t, http.StatusOK, "Sign out")
	all[0].get("/").has(t, http.StatusOK, "Sign out")
	all[1].get("/").form(t, "/sign-in")
	all[2].get("/").has(t, http.StatusOK, "Sign out")
}

// TestAddressOfTheUser has the audit name who a proxy speaks for.
func TestAddressOfTheUser(t *testing.T) {
	l := newLab(t, func(c *console.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} })
	b := l.browser()
	form := b.get("/").form(t, "/sign-in")
	form.Set("userID", "user1")
	form.Set("password", password)
	r := must(http.NewRequest(http.MethodPost, b.url+"/sign-in", strings.NewReader(form.Encode())))(t)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", "192.0.2.7")
	b.do(r).has(t, http.StatusOK, "Sign out")
	events := must(l.service.ListAuditEvents(t.Context(), provision.ListAuditEvents{Limit: 1000}))(t).Records
	if last := events[len(events)-1]; last.Operation != "self-management sign-in" || last.Address != "192.0.2.7" || last.ComponentType != "Self-Management" {
		t.Errorf("%+v", last)
	}
}

// TestNoComponent is a page whose component an operator has deleted.
func TestNoComponent(t *testing.T) {
	l := newLab(t, func(c *console.Config) { c.ComponentType = "Nobody" })
	l.browser().signIn("user1", password).has(t, http.StatusForbidden, `There is no component of type &#34;Nobody&#34;`)
}

// TestMethods holds what is answered to methods and paths that no link has.
func TestMethods(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{http.MethodPut, "/", 405}, {http.MethodDelete, "/registrations/1", 405}, {http.MethodPost, "/nowhere", 404},
		{http.MethodHead, "/", 200}, {http.MethodGet, "/sign-in", 200}, {http.MethodGet, "/registrations", 200},
		{http.MethodGet, "/registrations/1/events", 204}, {http.MethodGet, "/.well-known/x", 404},
	} {
		a := b.do(must(http.NewRequest(c.method, b.url+c.path, nil))(t))
		if a.StatusCode != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, a.StatusCode, c.status)
		}
	}
	form := b.get("/").form(t, "/sign-in")
	form.Set("userID", strings.Repeat("x", 20<<10))
	b.post("/sign-in", form).has(t, http.StatusBadRequest, "It was too long, or arrived broken.")
}
