package admin_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// refusals is every way to give a wrong order, with words that the answer
// must hold.
func refusals() map[string]struct {
	give    func(context.Context, *admin.Client) error
	refusal provision.Refusal
	words   string
} {
	user := func(in provision.AddUser) func(context.Context, *admin.Client) error {
		return func(ctx context.Context, c *admin.Client) error { _, err := c.AddUser(ctx, in); return err }
	}
	authenticator := func(change func(*admin.AddAuthenticator)) func(context.Context, *admin.Client) error {
		in := admin.AddAuthenticator{SerialNumber: "VDS1000141", Type: "hotp", Algorithm: "SHA1", Digits: 6}
		change(&in)
		return func(ctx context.Context, c *admin.Client) error { _, err := c.AddAuthenticator(ctx, in); return err }
	}
	assign := func(in provision.AssignAuthenticator) func(context.Context, *admin.Client) error {
		return func(ctx context.Context, c *admin.Client) error { _, err := c.AssignAuthenticator(ctx, in); return err }
	}
	component := func(in provision.AddComponent) func(context.Context, *admin.Client) error {
		return func(ctx context.Context, c *admin.Client) error { _, err := c.AddComponent(ctx, in); return err }
	}
	gatewayKey := func(in provision.AddGatewayKey) func(context.Context, *admin.Client) error {
		return func(ctx context.Context, c *admin.Client) error { _, err := c.AddGatewayKey(ctx, in); return err }
	}
	domain := func(name string) func(context.Context, *admin.Client) error {
		return func(ctx context.Context, c *admin.Client) error {
			_, err := c.AddDomain(ctx, provision.AddDomain{Name: name})
			return err
		}
	}
	type row = struct {
		give    func(context.Context, *admin.Client) error
		refusal provision.Refusal
		words   string
	}
	return map[string]row{
		"domain empty":       {domain(""), provision.InvalidParameter, "missing"},
		"domain with at":     {domain("a@b"), provision.InvalidParameter, "@"},
		"domain twice":       {domain("master"), provision.Exists, "master"},
		"user exists":        {user(provision.AddUser{UserID: "user1", StaticPassword: "p"}), provision.Exists, "user1"},
		"user NUL":           {user(provision.AddUser{UserID: "us\x00er", StaticPassword: "p"}), provision.InvalidParameter, "control"},
		"user not UTF-8":     {user(provision.AddUser{UserID: "us\xe9r", StaticPassword: "p"}), provision.InvalidParameter, "not UTF-8"},
		"password not UTF-8": {user(provision.AddUser{UserID: "u", StaticPassword: "p\xe9"}), provision.InvalidParameter, "not UTF-8"},
		"user of spaces":     {user(provision.AddUser{UserID: " \u00a0\n", StaticPassword: "p"}), provision.InvalidParameter, "missing"},
		"user zero width":    {user(provision.AddUser{UserID: "us\u200ber", StaticPassword: "p"}), provision.InvalidParameter, "U+200B"},
		"user long":          {user(provision.AddUser{UserID: strings.Repeat("\u00e9", 256), StaticPassword: "p"}), provision.InvalidParameter, "256 characters"},
		"user longer":        {user(provision.AddUser{UserID: strings.Repeat("u", 256), StaticPassword: "p"}), provision.InvalidParameter, "255"},
		"user of no domain":  {user(provision.AddUser{UserID: "u", Domain: "nowhere", StaticPassword: "p"}), provision.NotFound, "add it first"},
		"user out of reach":  {user(provision.AddUser{UserID: "u@other", Domain: "master", StaticPassword: "p"}), provision.InvalidParameter, "would be read"},
		"unit with newline":  {user(provision.AddUser{UserID: "u", OrgUnit: "a\nb", StaticPassword: "p"}), provision.InvalidParameter, "organizational unit"},
		"password empty":     {user(provision.AddUser{UserID: "u"}), provision.InvalidParameter, "empty"},
		"password long":      {user(provision.AddUser{UserID: "u", StaticPassword: strings.Repeat("\u00e9", 256)}), provision.InvalidParameter, "256 characters"},
		"password control":   {user(provision.AddUser{UserID: "u", StaticPassword: "a\tb"}), provision.InvalidParameter, "control"},
		"serial number":      {authenticator(func(in *admin.AddAuthenticator) { in.SerialNumber = "vds1000141" }), provision.InvalidParameter, "serial number"},
		"serial twice":       {authenticator(func(in *admin.AddAuthenticator) { in.SerialNumber = serial }), provision.Exists, serial},
		"no such type":       {authenticator(func(in *admin.AddAuthenticator) { in.Type = "ocra" }), provision.InvalidParameter, "ocra"},
		"nine digits":        {authenticator(func(in *admin.AddAuthenticator) { in.Digits = 9 }), provision.InvalidParameter, "9"},
		"activation type":    {authenticator(func(in *admin.AddAuthenticator) { in.ActivationType = "both" }), provision.InvalidParameter, "both"},
		"secret short":       {authenticator(func(in *admin.AddAuthenticator) { in.Secret = "00" }), provision.InvalidParameter, "1 bytes"},
		"secret long":        {authenticator(func(in *admin.AddAuthenticator) { in.SecretSize = 65 }), provision.InvalidParameter, "10 to 64"},
		"secret not hex":     {authenticator(func(in *admin.AddAuthenticator) { in.Secret = "xyzzy" }), provision.InvalidParameter, "not hex"},
		"secret and size":    {authenticator(func(in *admin.AddAuthenticator) { in.Secret, in.SecretSize = secretHex, 16 }), provision.InvalidParameter, "20 bytes"},
		"secret for offline": {authenticator(func(in *admin.AddAuthenticator) { in.SecretSize, in.ActivationType = 21, admin.Offline }), provision.InvalidParameter, "offline"},
		"factor for totp":    {authenticator(func(in *admin.AddAuthenticator) { in.Type, in.MovingFactor = "totp", 1 }), provision.InvalidParameter, "time-based"},
		"factor too large":   {authenticator(func(in *admin.AddAuthenticator) { in.MovingFactor = 1 << 63 }), provision.InvalidParameter, "at most"},
		"assign nothing":     {assign(provision.AssignAuthenticator{SerialNumber: "VDS9999999", UserID: "user1"}), provision.NotFound, "VDS9999999"},
		"assign to nobody":   {assign(provision.AssignAuthenticator{SerialNumber: serial, UserID: "nobody"}), provision.NotFound, "nobody"},
		"assign twice":       {assign(provision.AssignAuthenticator{SerialNumber: "VDS1000142", UserID: "user1"}), provision.Exists, "unassign it first"},
		"assign by no rule":  {assign(provision.AssignAuthenticator{SerialNumber: serial, UserID: "user1", Policy: "none"}), provision.NotFound, "policy"},
		"assign too many":    {assign(provision.AssignAuthenticator{SerialNumber: serial, UserID: "user1", Policy: "single"}), provision.AuthenticatorLimit, "Unassign one first"},
		"key without a name": {gatewayKey(provision.AddGatewayKey{Side: provision.FrontEnd}), provision.InvalidParameter, "key's name"},
		"key of no side":     {gatewayKey(provision.AddGatewayKey{Name: "site", Side: "both"}), provision.InvalidParameter, "side"},
		"no such key": {func(ctx context.Context, c *admin.Client) error {
			_, err := c.DeleteGatewayKey(ctx, admin.NameGatewayKey{Name: "none"})
			return err
		}, provision.NotFound, "none"},
		"location":          {component(provision.AddComponent{ComponentType: "site", Location: "example.net"}), provision.InvalidParameter, "192.0.2.0/24"},
		"location zone":     {component(provision.AddComponent{ComponentType: "site", Location: "fe80::1%eth0"}), provision.InvalidParameter, "zone"},
		"component no rule": {component(provision.AddComponent{ComponentType: "site", Location: "::1", Policy: "none"}), provision.NotFound, "policy"},
		"component twice":   {component(provision.AddComponent{ComponentType: "site", Location: "::ffff:10.9.9.9/104"}), provision.Exists, "10.0.0.0/8"},
		"no such component": {func(ctx context.Context, c *admin.Client) error {
			_, err := c.DeleteComponent(ctx, provision.NameComponent{ComponentType: "site", Location: "10.0.0.1"})
			return err
		}, provision.NotFound, "site"},
		"policy in use": {func(ctx context.Context, c *admin.Client) error {
			_, err := c.DeletePolicy(ctx, admin.NamePolicy{Name: "ruled"})
			return err
		}, provision.InUse, "site"},
		"policy twice": {func(ctx context.Context, c *admin.Client) error {
			_, err := c.AddPolicy(ctx, provision.AddPolicy{Name: "single"})
			return err
		}, provision.Exists, "single"},
		"setting": {func(ctx context.Context, c *admin.Client) error {
			_, err := c.SetPolicy(ctx, provision.SetPolicy{Name: "single", Set: json.RawMessage(`{"Grace":1}`)})
			return err
		}, provision.InvalidParameter, "GraceDays"},
		"unassign nobody's": {func(ctx context.Context, c *admin.Client) error {
			_, err := c.UnassignAuthenticator(ctx, admin.NameAuthenticator{SerialNumber: serial})
			return err
		}, provision.NotFound, "not assigned"},
		"reset nobody's": {func(ctx context.Context, c *admin.Client) error {
			_, err := c.ResetAuthenticator(ctx, provision.ResetAuthenticator{SerialNumber: serial})
			return err
		}, provision.NotFound, "not assigned"},
		"no such registration": {func(ctx context.Context, c *admin.Client) error {
			_, err := c.CloseRegistration(ctx, provision.CloseRegistration{RegistrationID: "xiOb8GC2"})
			return err
		}, provision.NotFound, "xiOb8GC2"},
		"a reason of control": {func(ctx context.Context, c *admin.Client) error {
			_, err := c.CloseRegistration(ctx, provision.CloseRegistration{RegistrationID: "xiOb8GC2", Reason: "a\x1bb"})
			return err
		}, provision.InvalidParameter, "reason"},
		"page too long": {func(ctx context.Context, c *admin.Client) error {
			_, err := c.ListUsers(ctx, provision.ListUsers{Limit: 1001})
			return err
		}, provision.InvalidParameter, "1000"},
		"nobody to delete": {func(ctx context.Context, c *admin.Client) error {
			_, err := c.DeleteUser(ctx, provision.NameUser{UserID: "nobody"})
			return err
		}, provision.NotFound, "nobody"},
	}
}

func TestRefusals(t *testing.T) {
	o := openOffice(t)
	o.addUser(t, "user1")
	o.must(t)(o.AddDomain(t.Context(), provision.AddDomain{Name: "other"}))
	o.must(t)(o.service.AddPolicy(t.Context(), provision.Operator{Name: "alice"}, provision.AddPolicy{Name: "single", Set: []byte(`{"AuthenticatorLimit":1}`)}))
	o.must(t)(o.AddPolicy(t.Context(), provision.AddPolicy{Name: "ruled"}))
	o.must(t)(o.AddComponent(t.Context(), provision.AddComponent{ComponentType: "site", Location: "10.1.2.3/8", Policy: "ruled"}))
	o.addAuthenticator(t, serial)
	o.addAuthenticator(t, "VDS1000142")
	o.assign(t, "VDS1000142", "user1")
	statuses := provision.DefaultStatusTable()
	for name, row := range refusals() {
		err := row.give(t.Context(), o.Client)
		refused, ok := err.(*admin.Error)
		if !ok {
			t.Errorf("%s: %v, want a refusal", name, err)
			continue
		}
		want := statuses[row.refusal]
		if refused.Refusal != row.refusal || refused.StatusCode != want.StatusCode || refused.StatusCodeEnum != want.StatusCodeEnum {
			t.Errorf("%s: %+v, want %q as %+v", name, refused, row.refusal, want)
		}
		if !strings.Contains(refused.Desc, row.words) {
			t.Errorf("%s: %q does not say %q", name, refused.Desc, row.words)
		}
	}
}

func TestAnySecretSize(t *testing.T) {
	o := openOffice(t)
	for serialNumber, size := range map[string]int{"VDS0000010": 10, "VDS0000020": 0, "VDS0000064": 64} {
		o.must(t)(o.AddAuthenticator(t.Context(), admin.AddAuthenticator{
			SerialNumber: serialNumber, Type: "totp", Algorithm: "SHA256", Digits: 8, SecretSize: size}))
	}
}

// Requests that no Client sends.
func TestMalformedRequests(t *testing.T) {
	const right = `{"userID":"u","staticPassword":"hunter2"}`
	o := openOffice(t)
	tests := map[string]struct {
		path, media, operator, body string
		status                      int
		words                       string
	}{
		"right":           {"/user/add", "application/json; charset=utf-8", "bob", right, 200, `"userID":"u"`},
		"media type":      {"/user/add", "text/plain", "bob", right, 400, "application/json"},
		"no operator":     {"/user/add", "application/json", "", right, 400, "Dsappd-Operator"},
		"empty":           {"/user/add", "application/json", "bob", "", 400, "not one JSON object"},
		"cut off":         {"/user/add", "application/json", "bob", right[:20], 400, "not one JSON object"},
		"not JSON":        {"/user/add", "application/json", "bob", "userID=hunter2", 400, "byte 1"},
		"two objects":     {"/user/add", "application/json", "bob", right + right, 400, "more than one"},
		"unknown member":  {"/user/add", "application/json", "bob", `{"user":"u"}`, 400, `\"user\"`},
		"type of member":  {"/user/add", "application/json", "bob", `{"userID":"u","staticPassword":424242}`, 400, "staticPassword"},
		"too large":       {"/user/add", "application/json", "bob", `{"userID":"` + strings.Repeat("u", 65<<10) + `"}`, 400, "65536"},
		"no such path":    {"/user/praise", "application/json", "bob", right, 404, ""},
		"negative factor": {"/authenticator/add", "application/json", "bob", `{"movingFactor":-424242}`, 400, "movingFactor"},
		"location after":  {"/component/list", "application/json", "bob", `{"after":{"componentType":"a","location":"x"}}`, 400, "location"},
	}
	for name, test := range tests {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://dsappd"+test.path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", test.media)
		if test.operator != "" {
			request.Header.Set("Dsappd-Operator", test.operator)
		}
		response, err := (&http.Client{Transport: o.Client.Transport}).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != test.status || !strings.Contains(string(body), test.words) {
			t.Errorf("%s: %s %s, %v; want %d with %q", name, response.Status, body, err, test.status, test.words)
		}
		if strings.Contains(string(body), "424242") || strings.Contains(string(body), "hunter2") {
			t.Errorf("%s: the answer quotes a value: %s", name, body)
		}
		if response.StatusCode != http.StatusNotFound && len(response.Header.Get("Request-Id")) != 16 {
			t.Errorf("%s: Request-Id %q", name, response.Header.Get("Request-Id"))
		}
	}
	if log := o.log.String(); strings.Contains(log, "424242") || strings.Contains(log, "hunter2") {
		t.Errorf("the log quotes a value: %s", log)
	}
}
