package console

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

// The links that are refused could take the activation password to a server,
// a script or another person.
func TestParseAppLink(t *testing.T) {
	for text, words := range map[string]string{
		"":                                           "",
		"mybank://activate?image={image}":            "",
		"com.example.app:/activate/{image}":          "",
		"mybank:{image}":                             "",
		"MyBank://x/{image}#end":                     "",
		"https://app.example/activate#{image}":       "",
		"https://app.example/activate?a=b#i={image}": "",
		"http://localhost:3000/#{image}":             "",
		"http://[::1]:3000/#{image}":                 "",
		"intent://activate?image={image}#Intent;scheme=mybank;package=com.example.app;end": "",

		"mybank://activate":                                                         "hold {image} once",
		"mybank://{image}/{image}":                                                  "hold {image} once",
		"{image}":                                                                   "must be a URL",
		"{image}://x":                                                               "must be a URL",
		"/activate?image={image}":                                                   "must be a URL",
		"mybank://activate image={image}":                                           "visible ASCII",
		"mybank://activate\n?image={image}":                                         "visible ASCII",
		"https://app.example/{image}":                                               "unless {image} stands after a #",
		"https://app.example/?image={image}#a":                                      "unless {image} stands after a #",
		"HTTPS://app.example/?image={image}":                                        "unless {image} stands after a #",
		"https://{image}.app.example/#a":                                            "unless {image} stands after a #",
		"https:#{image}":                                                            "unless {image} stands after a #",
		"http://app.example/#{image}":                                               "plain http",
		"http://app.example/?{image}":                                               "plain http",
		"javascript:alert('{image}')":                                               "does not lead to an app",
		"data:text/html,{image}":                                                    "does not lead to an app",
		"mailto:somebody@app.example?body={image}":                                  "does not lead to an app",
		"sms:123?body={image}":                                                      "does not lead to an app",
		"wss://app.example/{image}":                                                 "does not lead to an app",
		"view-source:https://app.example/{image}":                                   "another http",
		"mybank://open?next=https://x.example/{image}":                              "another http",
		"mybank://open?next=https%3A%2F%2Fx.example/{image}":                        "another http",
		"mybank://open?next=https%253A//x.example/{image}":                          "another http",
		"https://app.example/#https://x.example/{image}":                            "another http",
		"intent://x?image={image}":                                                  "#Intent",
		"intent://x#Intent;scheme=mybank;S.image={image};end":                       "before #Intent",
		"intent://app.example/?{image}#Intent;scheme=https;end":                     "may open a browser",
		"intent://app.example/?{image}#Intent;scheme=javascript;end":                "may open a browser",
		"intent://x?{image}#Intent;scheme=a;S.browser_fallback_url=//x.example;end": "another http",
	} {
		link, err := ParseAppLink(text)
		if words == "" {
			const image = "30313B"
			want := strings.ReplaceAll(text, "{image}", image)
			if err != nil || string(link.url(image)) != want {
				t.Errorf("%s: %q, %v", text, link.url(image), err)
			}
		} else if !errors.Is(err, ErrAppLink) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v, want %q", text, err, words)
		}
	}
}

// An accepted link keeps the image out of what a browser sends to a server.
func FuzzParseAppLink(f *testing.F) {
	f.Add("https://app.example/?a#{image}")
	f.Add("intent://x?{image}#Intent;scheme=a;end")
	f.Add("mybank:{image}")
	f.Fuzz(func(t *testing.T, text string) {
		link, err := ParseAppLink(text)
		if err != nil || text == "" {
			return
		}
		const image = "30313B30313B"
		at, err := url.Parse(string(link.url(image)))
		if err != nil {
			t.Fatalf("%q is no URL: %v", link.url(image), err)
		}
		if at.Scheme == "https" || at.Scheme == "http" {
			at.Fragment, at.RawFragment = "", ""
			if strings.Contains(at.String(), image) {
				t.Errorf("the server hears %s", at)
			}
		}
	})
}
