package systemtest_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
)

// TestConsoleDrains ends a server while a browser follows a registration,
// which would never end of itself.
func TestConsoleDrains(t *testing.T) {
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: makeFolder(t), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := consoleBrowser{t, &http.Client{Jar: jar}, strings.TrimSuffix(server.URLs().Console, "/")}
	home := b.send("/sign-in", b.get("/"), url.Values{"userID": {"user1"}, "password": {"Password2"}})
	if shown := b.send("/registrations", home, url.Values{"serialNumber": {"VDS1000140"}}); !strings.Contains(shown, "data:image/svg") {
		t.Fatalf("no code on the page:\n%s", shown)
	}
	response, err := b.client.Get(b.url + "/registrations/1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	events := bufio.NewReader(response.Body)
	if _, err := events.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Errorf("the page's stream held the server up: %v", err)
	}
	if _, err := io.Copy(io.Discard, events); err != nil {
		t.Errorf("the stream was cut off: %v", err)
	}
}

// TestConsoleBrand opens a folder with a name and a logo, and one whose logo
// cannot be shown.
func TestConsoleBrand(t *testing.T) {
	dir := makeFolder(t)
	settings := filepath.Join(dir, "settings.toml")
	text, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "\n[console]\nname = \"Example Bank\"\nlogo = \"logo.svg\"\n"...)
	if err := os.WriteFile(settings, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for logo, words := range map[string]string{
		"":                         "no such file",
		"<svg/>":                   "no PNG, JPEG or SVG",
		strings.Repeat("x", 1<<20): "larger than 64 KiB",
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"/>`: "",
	} {
		if logo != "" {
			if err := os.WriteFile(filepath.Join(dir, "logo.svg"), []byte(logo), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"})
		if words != "" {
			if err == nil {
				server.Close()
			}
			if !errors.Is(err, dsappd.ErrSettings) || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "logo.svg") {
				t.Errorf("%.20q: %v, want %q", logo, err, words)
			}
			os.Remove(filepath.Join(dir, "logo.svg"))
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		b := consoleBrowser{t, http.DefaultClient, strings.TrimSuffix(server.URLs().Console, "/")}
		if home := b.get("/"); !strings.Contains(home, `width="64" height="32">Example Bank</p>`) {
			t.Error(home)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
}

// consoleBrowser keeps cookies and sends forms.
type consoleBrowser struct {
	t      *testing.T
	client *http.Client
	url    string
}

func (b consoleBrowser) text(response *http.Response, err error) string {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

func (b consoleBrowser) get(path string) string {
	b.t.Helper()
	return b.text(b.client.Get(b.url + path))
}

// send fills in the form that a page has for a path.
func (b consoleBrowser) send(path, page string, values url.Values) string {
	b.t.Helper()
	_, form, _ := strings.Cut(page, `action="`+path+`">`)
	form, _, _ = strings.Cut(form, "</form>")
	for _, hidden := range regexp.MustCompile(`type="hidden" name="(\w+)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
		values.Set(hidden[1], hidden[2])
	}
	return b.text(b.client.PostForm(b.url+path, values))
}
