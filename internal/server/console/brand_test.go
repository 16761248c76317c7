package console_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/server/console"
)

const exampleLogo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#7a4fbf"/></svg>`

// TestBrand shows the name and the logo at the head of every page, and escapes
// the name.
func TestBrand(t *testing.T) {
	logo := must(console.ParseLogo([]byte(exampleLogo)))(t)
	l := newLab(t, func(c *console.Config) { c.Name, c.Logo = "Bank & <Sons>", logo })
	b := l.browser()
	for _, page := range []answer{b.get("/nowhere"), b.get("/"), b.register("user1", ""), b.get("/")} {
		page.has(t, page.StatusCode, " · Bank &amp; &lt;Sons&gt;</title>", "Bank &amp; &lt;Sons&gt;</p>",
			`<img class="logo" src="data:image/svg&#43;xml;base64,`, `alt="" width="32" height="32">`)
	}
	newLab(t).browser().get("/").has(t, http.StatusOK, "<title>Sign in · Self-management</title>", `<p class="name">Self-management</p>`)
}

// TestAppLink hands the app what the QR code holds, once.
func TestAppLink(t *testing.T) {
	for text, newTab := range map[string]string{
		"mybank://activate?image={image}": ` rel="noopener noreferrer">`,
		"https://app.example/#{image}":    ` target="_blank" rel="noopener noreferrer">`,
	} {
		link := must(console.ParseAppLink(text))(t)
		l := newLab(t, func(c *console.Config) { c.AppLink = link })
		b := l.browser()
		shown := b.register("user1", "")
		image := must(dsapp.Image{UserID: "user1", Domain: "master", DigipassGatewayID: "0123456789",
			RegistrationID: shown.manual(t, "Registration ID"), ActivationPassword: shown.manual(t, "Activation password")}.Hex())(t)
		shown.has(t, http.StatusOK, "Open in the app", text[:len(text)-len("{image}")]+image+`"`+newTab)
		b.get("/registrations/1").lacks(t, "Open in the app", image)
	}
	newLab(t).browser().register("user1", "").lacks(t, "Open in the app")
}

// TestRelativeTimes needs no zone of the reader's.
func TestRelativeTimes(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	b.register("user1", "").has(t, http.StatusOK, "Expires in <span role=\"timer\" data-left>10 minutes</span>")
	for _, left := range []struct {
		pass  time.Duration
		words string
	}{{time.Minute, "9 minutes"}, {7*time.Minute + 30*time.Second, "1 minute"}, {time.Minute, "less than a minute"}} {
		l.clock.Pass(left.pass)
		b.get("/registrations/1").has(t, http.StatusOK, ">"+left.words+"</span>")
	}
}
