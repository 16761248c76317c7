package systemtest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/replay/drafting"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/playserver"
	"github.com/dsappd/dsappd/internal/recording"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/replay"
)

// A client that knows one URL is recorded twice: by the proxy before the
// server, and by the server.
func TestRecording(t *testing.T) {
	ofServer, ofProxy := filepath.Join(t.TempDir(), "server"), filepath.Join(t.TempDir(), "proxy")
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: makeFolder(t), Addr: "127.0.0.1:0", Record: ofServer})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	upstream, err := url.Parse(server.URLs().SOAP)
	if err != nil {
		t.Fatal(err)
	}
	var taken []drafting.Taken // by one goroutine, which ends with the proxy
	proxy, err := recording.Open(t.Context(), recording.Config{Listen: "127.0.0.1:0", Upstream: upstream, Dir: ofProxy,
		Took: func(t drafting.Taken) { taken = append(taken, t) }})
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(proxy.URL() + "?wsdl")
	if err != nil {
		t.Fatal(err)
	}
	described := whole(t, response)
	if !strings.Contains(described, `location="`+proxy.URL()) || strings.Contains(described, upstream.Host) {
		t.Errorf("the WSDL leads past the recorder:\n%s", described)
	}
	registered := post(t, proxy.URL(), envelope(`<componentType>srp-direct</componentType><user><userID>user2</userID></user>`+
		`<credential><staticPassword>Password2</staticPassword></credential>`, "dsappSRPRegister"))
	id := regexp.MustCompile(`<registrationID>([^<]+)<`).FindStringSubmatch(registered)
	if id == nil {
		t.Fatal(registered)
	}
	post(t, proxy.URL(), envelope(`<componentType>srp-direct</componentType><registrationID>`+id[1]+`</registrationID>`+
		`<credential><response>755224</response></credential>`, "dsappSRPActivate"))
	if err := errors.Join(proxy.Close(), server.Close()); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{ofServer, ofProxy} {
		recordedOnce(t, dir, id[1])
	}
	var told []string
	for _, each := range taken {
		told = append(told, fmt.Sprintf("%s %s %d %v", each.Operation, each.Status, each.HTTP, strings.HasSuffix(each.File, "-0001.txtar") && !each.At.IsZero()))
	}
	if want := []string{"dsappSRPRegister STAT_SUCCESS 200 true", "dsappSRPActivate STAT_SUCCESS 200 true"}; !slices.Equal(told, want) {
		t.Errorf("told of %q, want %q", told, want)
	}
}

// recordedOnce looks at the one transcript in a folder, and plays it.
func recordedOnce(t *testing.T, dir, id string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files in %s, %v: want one transcript", len(files), dir, err)
	}
	name := filepath.Join(dir, files[0].Name())
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Password2", "755224", id} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%q is in %s:\n%s", secret, name, text)
		}
	}
	transcript, err := replay.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	result := (&replay.Player{Start: playserver.Start}).Play(t.Context(), transcript)
	if !result.Passed() || len(result.Exchanges) != 2 {
		t.Errorf("%+v", result)
	}
}

// A recorder that others can reach is asked for by name.
func TestRecordingRefusals(t *testing.T) {
	upstream := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	_, err := recording.Open(t.Context(), recording.Config{Listen: "0.0.0.0:0", Upstream: upstream, Dir: t.TempDir()})
	if !errors.Is(err, datafolder.ErrAddress) {
		t.Errorf("got %v, want ErrAddress", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() error{
		"proxy": func() error {
			_, err := recording.Open(t.Context(), recording.Config{Listen: "127.0.0.1:0", Upstream: upstream, Dir: file})
			return err
		},
		"server": func() error {
			_, err := dsappd.Open(t.Context(), dsappd.Config{Dir: makeFolder(t), Addr: "127.0.0.1:0", Record: file})
			return err
		},
	} {
		if err := open(); err == nil || !strings.Contains(err.Error(), "folder of recordings") {
			t.Errorf("%s: got %v, want the folder of recordings", name, err)
		}
	}
}

func envelope(body, operation string) string {
	return `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
		`<prov:` + operation + ` xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">` + body +
		`</prov:` + operation + `></soapenv:Body></soapenv:Envelope>`
}

func post(t *testing.T, at, body string) string {
	t.Helper()
	response, err := http.Post(at, "text/xml; charset=utf-8", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return whole(t, response)
}

func whole(t *testing.T, response *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v: %s", response.Status, err, text)
	}
	return string(text)
}

// A recorder's key is for its owner alone, as the server's is.
func TestRecorderKey(t *testing.T) {
	dir := makeFolder(t)
	if err := datafolder.RenewCertificate(dir, datafolder.CertificateOptions{}); err != nil {
		t.Fatal(err)
	}
	pair := filepath.Join(dir, "tls", "server.pem")
	config := recording.Config{Listen: "127.0.0.1:0", Upstream: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, Dir: t.TempDir(), CertFile: pair, KeyFile: pair}
	proxy, err := recording.Open(t.Context(), config)
	if err != nil || !strings.HasPrefix(proxy.URL(), "https://") {
		t.Fatalf("%v", err)
	}
	if err := proxy.Close(); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(pair, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := recording.Open(t.Context(), config); !errors.Is(err, datafolder.ErrCertificate) || !strings.Contains(err.Error(), "read by others") {
		t.Errorf("got %v, want ErrCertificate", err)
	}
}
