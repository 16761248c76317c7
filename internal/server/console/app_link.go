package console

import (
	"errors"
	"fmt"
	"html/template"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// imagePlaceholder is where an app link takes the activation image.
const imagePlaceholder = "{image}"

// AppLink opens the app on the phone whose browser shows the page, and hands
// it the activation image. The zero AppLink offers nothing.
type AppLink struct {
	before, after string // the image
	newTab        bool
}

// ErrAppLink is what ParseAppLink wraps: the link cannot be used, or could take
// the activation password to others than the app.
var ErrAppLink = errors.New("the app link is not usable")

// ParseAppLink reads a link with {image} in it, such as
// mybank://activate?image={image}. The image holds a secret. So a link that a
// browser may send to a server is refused: https takes the image in its
// fragment, which stays in the browser, and Android's intent may fall back to
// no web page. Empty text is the zero AppLink.
func ParseAppLink(text string) (AppLink, error) {
	if text == "" {
		return AppLink{}, nil
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return AppLink{}, fmt.Errorf("%w: it must be visible ASCII", ErrAppLink)
	}
	before, after, found := strings.Cut(text, imagePlaceholder)
	if !found || strings.Contains(after, imagePlaceholder) {
		return AppLink{}, fmt.Errorf("%w: it must hold %s once, where the activation image goes", ErrAppLink, imagePlaceholder)
	}
	link := AppLink{before: before, after: after}
	at, err := url.Parse(link.text("3B"))
	if err != nil || at.Scheme == "" || !strings.Contains(before, ":") {
		return AppLink{}, fmt.Errorf("%w: it must be a URL, such as mybank://activate?image=%s", ErrAppLink, imagePlaceholder)
	}
	if err := link.keepsSecret(at); err != nil {
		return AppLink{}, fmt.Errorf("%w: %w", ErrAppLink, err)
	}
	link.newTab = at.Scheme == "https" || at.Scheme == "http"
	return link, nil
}

// keepsSecret refuses a link that could hand the image to a server, a script
// or another person.
func (l AppLink) keepsSecret(at *url.URL) error {
	if namesServer(l.text("")[len(at.Scheme)+1:]) {
		return errors.New("it holds another http or https URL, to which the app or a browser could send the image")
	}
	inFragment := strings.Contains(l.before, "#")
	switch {
	case at.Scheme == "http" && !isLoopback(at.Hostname()):
		return errors.New("plain http is for this machine alone; use https, or a scheme of the app's own")
	case at.Scheme == "http" || at.Scheme == "https":
		if !inFragment || at.Host == "" {
			return fmt.Errorf("an %s URL sends the image to its server, unless %s stands after a #, such as https://app.example/activate#%s",
				at.Scheme, imagePlaceholder, imagePlaceholder)
		}
	case at.Scheme == "intent":
		return checkIntent(at, inFragment)
	case strangeScheme(at.Scheme):
		return fmt.Errorf("the scheme %s does not lead to an app of yours; use https, or a scheme of the app's own", at.Scheme)
	}
	return nil
}

// namesServer looks for a URL inside of a link, however often it is escaped.
func namesServer(text string) bool {
	for range 4 {
		lower := strings.ToLower(text)
		if strings.Contains(lower, "http:") || strings.Contains(lower, "https:") || strings.Contains(lower, "browser_fallback_url") {
			return true
		}
		unescaped, err := url.PathUnescape(text)
		if err != nil || unescaped == text {
			return err != nil
		}
		text = unescaped
	}
	return true
}

// checkIntent checks a link for Chrome on Android:
// intent://…#Intent;scheme=…;package=…;end.
func checkIntent(at *url.URL, inFragment bool) error {
	scheme := ""
	for part := range strings.SplitSeq(at.Fragment, ";") {
		if value, is := strings.CutPrefix(part, "scheme="); is {
			scheme = strings.ToLower(value)
		}
	}
	switch {
	case !strings.HasPrefix(at.Fragment, "Intent;") || scheme == "":
		return errors.New("an intent URL ends with #Intent;scheme=…;package=…;end")
	case inFragment:
		return fmt.Errorf("in an intent URL, %s stands before #Intent", imagePlaceholder)
	case scheme == "http" || scheme == "https" || strangeScheme(scheme):
		return fmt.Errorf("an intent URL with the scheme %s may open a browser, which sends the image to a server; name a scheme of the app's own", scheme)
	}
	return nil
}

// strangeScheme reports whether a scheme belongs to the browser, the system or
// the network rather than to an app of one's own.
func strangeScheme(scheme string) bool {
	return slices.Contains([]string{
		"about", "blob", "chrome", "content", "data", "facetime", "file", "filesystem", "firefox", "ftp", "ftps", "geo",
		"googlechrome", "googlechromes", "intent", "itms", "itms-apps", "itms-services", "javascript", "mailto", "market",
		"microsoft-edge", "mms", "sftp", "sms", "smsto", "ssh", "tel", "vbscript", "view-source", "ws", "wss",
		"x-safari-http", "x-safari-https",
	}, scheme)
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

func (l AppLink) text(image string) string { return l.before + image + l.after }

// url returns the link with an activation image, in hex; empty: there is no
// link.
func (l AppLink) url(image string) template.URL {
	if l == (AppLink{}) {
		return ""
	}
	return template.URL(l.text(image))
}
