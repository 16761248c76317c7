package systemtest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
)

// No secret of a run is found in the store's file, which holds the audit, in
// the log, the trace, the metrics or the recordings, in any encoding. All randomness is drawn from a
// seed, so that a short secret cannot turn up by chance once in a while.
func TestCanaries(t *testing.T) {
	r := newCanaryRun(t)
	r.activateByDerivationCode()
	r.activateByResponse()
	r.licence()
	r.refusals()
	r.malformed()
	r.operators()
	r.logins()
	metrics := r.metrics()
	if err := r.server.Close(); err != nil {
		t.Error(err)
	}
	r.secrets = append(r.secrets, r.serverRand.drawn...)
	if len(r.secrets) < 45 {
		t.Errorf("the run had only %d secrets", len(r.secrets))
	}
	places := r.places()
	places["the recordings"] = r.recordings()
	for _, secret := range r.secrets {
		if form := findSecret(metrics, secret); form != "" {
			t.Errorf("the metrics hold the secret %q in %s", secret, form)
		}
	}
	for place, text := range places {
		if place != "settings.toml" && !bytes.Contains(text, []byte("user1")) {
			t.Errorf("%s does not hold what the run was about", place)
		}
		secrets := r.secrets
		if place != "the trace" {
			secrets = append(secrets, r.traced...)
		}
		for _, secret := range secrets {
			if form := findSecret(text, secret); form != "" {
				t.Errorf("%s holds the secret %q in %s", place, secret, form)
			}
		}
	}
}

// The search finds what is there.
func TestFindSecret(t *testing.T) {
	secret := []byte("\x00secret\xffof a run\xfe")
	for _, planted := range []string{
		string(secret), hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret)),
		base64.StdEncoding.EncodeToString(secret), base64.RawURLEncoding.EncodeToString(secret),
		base64.StdEncoding.EncodeToString(append([]byte("1"), secret...)),
		base64.StdEncoding.EncodeToString(append(append([]byte("12"), secret...), "345"...)),
	} {
		if findSecret([]byte("before "+planted+" after"), secret) == "" {
			t.Errorf("the secret is not found in %q", planted)
		}
	}
	if form := findSecret([]byte("before and after"), secret); form != "" {
		t.Errorf("found a secret in %s where there is none", form)
	}
}

// findSecret says in which form a text holds the secret; empty: in none.
func findSecret(text, secret []byte) string {
	for form, encoded := range map[string]string{
		"raw bytes": string(secret),
		"lower hex": hex.EncodeToString(secret),
		"upper hex": strings.ToUpper(hex.EncodeToString(secret)),
	} {
		if bytes.Contains(text, []byte(encoded)) {
			return form
		}
	}
	// Three bytes make four characters: what stands before the secret
	// shifts it, and its last characters depend on what follows.
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 {
			encoded := encoding.EncodeToString(append(make([]byte, shift), secret...))
			encoded = encoded[(shift*8+5)/6:]
			if whole := (shift + len(secret)) % 3; whole != 0 {
				encoded = encoded[:len(encoded)-1]
			}
			if bytes.Contains(text, []byte(encoded)) {
				return "base64"
			}
		}
	}
	return ""
}

// drawing is a seeded source of randomness that keeps what was drawn in the
// sizes of secrets.
type drawing struct {
	mutex  sync.Mutex
	source *mathrand.ChaCha8
	sizes  []int
	drawn  [][]byte
}

func newDrawing(seed byte, sizes ...int) *drawing {
	return &drawing{source: mathrand.NewChaCha8([32]byte{seed}), sizes: sizes}
}

func (d *drawing) Read(p []byte) (int, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	n, err := d.source.Read(p)
	if slices.Contains(d.sizes, n) {
		d.drawn = append(d.drawn, bytes.Clone(p))
	}
	return n, err
}

// record is a writer for many.
type record struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.text.Write(p)
}

// canaryRun is a server, everything that it leaves behind, and the secrets
// that must not be there.
type canaryRun struct {
	t          *testing.T
	dir        string
	recorded   string // the folder of recordings
	server     *dsappd.Server
	log, trace record
	serverRand *drawing
	phoneRand  *drawing
	now        time.Time
	secrets    [][]byte
	traced     [][]byte // shown by a trace, because they open nothing, and kept nowhere
	replies    []byte   // of the last request
}

func newCanaryRun(t *testing.T) *canaryRun {
	t.Helper()
	r := &canaryRun{
		t: t, dir: filepath.Join(t.TempDir(), "data"), recorded: t.TempDir(), now: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC),
		// b, keys and decoys have 32 bytes, secrets of authenticators 20.
		serverRand: newDrawing(1, 32, 20), phoneRand: newDrawing(2, 32),
	}
	options := datafolder.InitOptions{Sample: true, Settings: cheapSettings, Now: r.clock, Rand: r.serverRand}
	if err := datafolder.Init(t.Context(), r.dir, options); err != nil {
		t.Fatal(err)
	}
	var err error
	r.server, err = dsappd.Open(t.Context(), dsappd.Config{
		Dir: r.dir, Addr: "127.0.0.1:0", WatchAddr: "127.0.0.1:0", Record: r.recorded, Trace: &r.trace, Now: r.clock, Rand: r.serverRand,
		Logger: slog.New(slog.NewTextHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.secret("Password2", "12345678901234567890")
	return r
}

const cheapSettings = "[password_hash]\nmemory_kib = 8\npasses = 1\n"

func (r *canaryRun) clock() time.Time { return r.now }

func (r *canaryRun) secret(texts ...string) {
	for _, text := range texts {
		r.secrets = append(r.secrets, []byte(text))
	}
}

// post sends an envelope around the body and returns the reply.
func (r *canaryRun) post(body string) string {
	r.t.Helper()
	return r.send(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><e:Body>` +
		body + `</e:Body></e:Envelope>`)
}

func (r *canaryRun) send(envelope string) string {
	r.t.Helper()
	response, err := http.Post(r.server.URLs().SOAP, "text/xml", strings.NewReader(envelope))
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(reply)
}

// element is the text of the first element of a name.
func element(text, name string) string {
	_, rest, _ := strings.Cut(text, "<"+name+">")
	inner, _, _ := strings.Cut(rest, "</"+name+">")
	return inner
}

func (r *canaryRun) register(component, user, password string) string {
	r.t.Helper()
	return r.post("<p:dsappSRPRegister><componentType>" + component + "</componentType><user><userID>" + user +
		"</userID></user><credential><staticPassword>" + password + "</staticPassword></credential></p:dsappSRPRegister>")
}

// RoundTrip listens in on the phone.
func (r *canaryRun) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	r.replies, err = io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(r.replies))
	if salt := element(string(r.replies), "salt"); salt != "" {
		r.traced = append(r.traced, []byte(salt))
	}
	if evidence := element(string(r.replies), "serverEvidenceMessage"); evidence != "" {
		r.secret(evidence)
	}
	return response, err
}

// exchange registers user1 and takes it to its activation data. What the
// phone computes on the way is computed once more from what it drew.
func (r *canaryRun) exchange() (*phone.Device, phone.State) {
	r.t.Helper()
	reply := r.register("srp-component", "user1", "Password2")
	id, password := element(reply, "registrationID"), element(reply, "activationPassword")
	client, err := phone.NewClient(r.server.URLs().SOAP, &http.Client{Transport: r})
	if err != nil {
		r.t.Fatal(err)
	}
	device := &phone.Device{Transport: &phone.SOAP{Client: client, ComponentType: "srp-component"}, Rand: r.phoneRand, Now: r.clock}
	before := len(r.traced)
	state, err := device.Exchange(r.t.Context(), phone.Registration{ID: id, Password: password})
	if err != nil {
		r.t.Fatal(err)
	}
	// Of the exchange the salt was overheard, in hex.
	salt, err := hex.DecodeString(string(r.traced[before]))
	if err != nil {
		r.t.Fatal(err)
	}
	suite, err := dsapp.NewSRP()
	if err != nil {
		r.t.Fatal(err)
	}
	x := suite.X(salt, id, password)
	v, err := suite.Verifier(x)
	if err != nil {
		r.t.Fatal(err)
	}
	r.secrets = append(r.secrets, x, v, state.Secret)
	r.traced = append(r.traced, salt)
	r.secrets = append(r.secrets, r.phoneRand.drawn...)
	r.secret(password)
	return device, state
}

func (r *canaryRun) activateByDerivationCode() {
	r.t.Helper()
	device, state := r.exchange()
	code, state, err := device.DerivationCode(state, []byte("the canary's phone"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.secret(code)
	r.secrets = append(r.secrets, state.Binding.Secret)
	if _, err := device.Activate(r.t.Context(), state, phone.Credential{DerivationCode: code}); err != nil {
		r.t.Error(err)
	}
}

func (r *canaryRun) activate(id, credential string) string {
	r.t.Helper()
	return r.post("<p:dsappSRPActivate><componentType>srp-direct</componentType><registrationID>" + id +
		"</registrationID><credential>" + credential + "</credential></p:dsappSRPActivate>")
}

func (r *canaryRun) activateByResponse() {
	r.t.Helper()
	otp, err := oath.OTP([]byte("12345678901234567890"), 0, oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6})
	if err != nil {
		r.t.Fatal(err)
	}
	reply := r.register("srp-direct", "user2", "Password2")
	if got := element(r.activate(element(reply, "registrationID"), "<response>"+otp+"</response>"), "statusCodeEnum"); got != "STAT_SUCCESS" {
		r.t.Errorf("activation by response: %s", got)
	}
	r.secret(otp, element(reply, "activationPassword"))
}

// refusals are requests that are turned down, each with a secret that only
// its sender may know.
func (r *canaryRun) refusals() {
	r.t.Helper()
	reply := r.register("srp-component", "user3", "Password2")
	id := element(reply, "registrationID")
	evidence := strings.Repeat("5EC4E7E51DE9CE00", 4)
	r.post("<p:dsappSRPGenerateEphemeralKey><componentType>srp-component</componentType><registrationID>" + id +
		"</registrationID><clientEphemeralPublicKey>2</clientEphemeralPublicKey></p:dsappSRPGenerateEphemeralKey>")
	refused := r.post("<p:dsappSRPGenerateActivationData><componentType>srp-component</componentType><registrationID>" + id +
		"</registrationID><clientEvidenceMessage>" + evidence + "</clientEvidenceMessage></p:dsappSRPGenerateActivationData>")
	if got := element(refused, "statusCode"); got != "1000" {
		r.t.Errorf("wrong evidence: %s", refused)
	}
	r.register("srp-component", "user3", "WrongCanaryPassword")
	r.register("srp-component", "nobody", "NobodysCanaryPassword")
	r.register("no-component", "user3", "StrayCanaryPassword")
	direct := element(r.register("srp-direct", "user4", "Password2"), "registrationID")
	r.activate(direct, "<response>80412973</response>")
	r.activate(direct, "<response>both80412974</response><derivationCode>ABCDEF0123456789804129</derivationCode>")
	r.secret(evidence, "WrongCanaryPassword", "NobodysCanaryPassword", "StrayCanaryPassword",
		"80412973", "both80412974", "ABCDEF0123456789804129", element(reply, "activationPassword"))
}

// malformed are requests that never become an operation, with a secret where
// it does not belong.
func (r *canaryRun) malformed() {
	r.t.Helper()
	r.send("<staticPassword>CanaryInNoEnvelope</staticPassword>")
	r.send("CanaryInNoXML")
	r.send("<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><CanaryAsTag></e:Body></e:Envelope>")
	r.post("<p:dsappSRPRegister CanaryAsAttribute=\"CanaryAsValue\"><staticPassword>CanaryMisplaced</staticPassword></p:dsappSRPRegister>")
	r.post("<p:dsappSRPRegister><componentType>srp-component</componentType><user><userID>user1</userID></user>" +
		"<credential><staticPasswort>CanaryMisspelt</staticPasswort></credential></p:dsappSRPRegister>")
	r.post("<p:dsappSRPRegister><componentType>srp-component</componentType><activationType>many</activationType>" +
		"<user><userID>user1</userID></user><credential><staticPassword>CanaryBesideIt</staticPassword></credential></p:dsappSRPRegister>")
	r.post("<p:CanaryAsOperation><staticPassword>CanaryInNoOperation</staticPassword></p:CanaryAsOperation>")
	r.secret("CanaryInNoEnvelope", "CanaryInNoXML", "CanaryAsValue", "CanaryMisplaced", "CanaryMisspelt",
		"CanaryBesideIt", "CanaryInNoOperation")
}

// operators send secrets through their own door, right and wrong ones.
func (r *canaryRun) operators() {
	r.t.Helper()
	door, err := operators.Open(r.t.Context(), r.dir, operators.Config{Operator: "canary"})
	if err != nil {
		r.t.Fatal(err)
	}
	secret := hex.EncodeToString([]byte("an operator's canary"))
	_, added := door.AddUser(r.t.Context(), provision.AddUser{UserID: "operated", StaticPassword: "OperatorsCanaryPassword"})
	_, made := door.AddAuthenticator(r.t.Context(), admin.AddAuthenticator{SerialNumber: "CAN0000001", Type: oath.HOTP,
		Algorithm: oath.SHA1, Digits: 6, Secret: secret})
	if err := errors.Join(added, made); err != nil {
		r.t.Error(err)
	}
	_, refusedUser := door.AddUser(r.t.Context(), provision.AddUser{UserID: "user1", StaticPassword: "TwiceCanaryPassword"})
	_, refused := door.AddAuthenticator(r.t.Context(), admin.AddAuthenticator{SerialNumber: "CAN0000002", Type: oath.HOTP,
		Algorithm: oath.SHA1, Digits: 6, Secret: "CanaryThatIsNoHex"})
	if refusedUser == nil || refused == nil {
		r.t.Error("a user was added twice, or a secret taken that is none")
	}
	if err := door.Close(); err != nil {
		r.t.Error(err)
	}
	r.secret("an operator's canary", "OperatorsCanaryPassword", "TwiceCanaryPassword", "CanaryThatIsNoHex")
}

// places are all that the run leaves behind, but for the key.
func (r *canaryRun) places() map[string][]byte {
	r.t.Helper()
	places := map[string][]byte{"the log": r.log.text.Bytes(), "the trace": r.trace.text.Bytes()}
	err := filepath.WalkDir(r.dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || entry.Name() == "master.key" {
			return err
		}
		text, err := os.ReadFile(name)
		// The next field of an event begins with a 2, right behind the operation.
		places[entry.Name()] = bytes.ReplaceAll(text, []byte("updatePassword2\x10"), []byte("updatePassword"))
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if len(places) < 4 {
		r.t.Errorf("the run left only %d places", len(places))
	}
	return places
}
