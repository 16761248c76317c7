package datafolder_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/google/go-cmp/cmp"
)

// The kept folder has users and domains of every kind of name that the program
// before took, collisions, authenticators and registrations of theirs, and a
// hash of a password as it was given.
func TestMigrateNames(t *testing.T) {
	dir := keptFolder(t, "schema1-names")
	done, err := datafolder.Migrate(t.Context(), dir, datafolder.MigrateOptions{Operator: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`renamed the domain "Branch" to "branch"`,
		`renamed the domain "Bu\u0308ro" to "b\u00fcro"`,
		`renamed the domain "LAB" to "lab"`,
		`kept the domain "Lab" as it is: there is a domain "lab"`,
		`renamed the user "Zoe\u0308" of domain "lab" to "Zo\u00eb"`,
		`kept the user ID "us\u200ber" of domain "lab" as it is: no name may hold the character U+200B (RFC 8264)`,
		`kept the user ID "Mu\u0308ller" of domain "master" as it is: there is a user "M\u00fcller"`,
		`renamed the user "Zoe\u0308" of domain "master" to "Zo\u00eb"`,
		`kept the user ID "us\u200ber" of domain "master" as it is: no name may hold the character U+200B (RFC 8264)`,
		`renamed the user "\uff55\uff53\uff45\uff52" of domain "master" to "user"`,
		`indexed 16 users and 10 authenticators`,
		`added the component "Platform API" at 0.0.0.0, by which the Platform API registers`,
	}
	if diff := cmp.Diff(want, done.Notes); diff != "" {
		t.Error(diff)
	}
	migratedRecords(t, dir)
	migratedUsers(t, dir)
}

// migratedRecords has what hangs on a name under its new one.
func migratedRecords(t *testing.T, dir string) {
	t.Helper()
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	if checked, err := door.Check(t.Context()); err != nil || len(checked.Problems) > 0 {
		t.Errorf("check: %+v, %v", checked, err)
	}
	authenticators, err := door.ListAuthenticators(t.Context(), provision.ListAuthenticators{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range authenticators.Items {
		if strings.HasPrefix(a.SerialNumber, "VDS3") {
			got = append(got, fmt.Sprintf("%s %s %s@%s", a.SerialNumber, a.State, a.UserID, a.Domain))
		}
	}
	registrations, err := door.ListRegistrations(t.Context(), provision.ListRegistrations{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range registrations.Items {
		got = append(got, fmt.Sprintf("%s %s@%s", r.State, r.UserID, r.Domain))
	}
	slices.Sort(got)
	want := []string{"Activated ann@lab", "Registered Zo\u00eb@master", "Registered carl@branch",
		"VDS3000001 Active ann@lab", "VDS3000002 Assigned carl@branch", "VDS3000003 Unassigned @lab", "VDS3000004 Assigned Zo\u00eb@master"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// migratedUsers has every user find the way in, and nobody that of another.
func migratedUsers(t *testing.T, dir string) {
	t.Helper()
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0", GatewayAddr: "none", ConsoleAddr: "none"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	const granted, noAuthenticator, wrong = 0, -13, 1000 // the latter two after and before the password
	for _, c := range []struct {
		userID, domain, password string
		want                     int
	}{
		{"Zo\u00eb", "master", "Password2", granted},
		{"Zoe\u0308", "MASTER", "Password2", granted},
		{"ann", "lab", "Password2", granted},
		{"ann", "LAB", "Password2", granted},
		{"bob", "Lab", "Password2", noAuthenticator},
		{"bob", "LAB", "Password2", wrong},
		{"M\u00fcller", "", "Password2", noAuthenticator},
		{"Mu\u0308ller", "", "Password2", noAuthenticator},
		{"us\u200ber", "", "Password2", noAuthenticator},
		{"carl", "Branch", "sch\u00f6n", wrong}, // as ever: the hash is of another text
		{"carl", "branch", "scho\u0308n", granted},
		{"carl", "branch", "sch\u00f6n", granted},
	} {
		if got := registerAs(t, server.URLs().SOAP, c.userID, c.domain, c.password); got != c.want {
			t.Errorf("%+q of %+q: status %d, want %d", c.userID, c.domain, got, c.want)
		}
	}
}

func registerAs(t *testing.T, url, userID, domain, password string) (status int) {
	t.Helper()
	body := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
		`<p:dsappSRPRegister xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><componentType>srp-direct</componentType>` +
		`<user><userID>` + userID + `</userID><domain>` + domain + `</domain></user>` +
		`<credential><staticPassword>` + password + `</staticPassword></credential></p:dsappSRPRegister></s:Body></s:Envelope>`
	response, err := http.Post(url, "text/xml; charset=utf-8", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, found, _ := strings.Cut(string(reply), "<statusCode>")
	if _, err := fmt.Sscanf(found, "%d<", &status); err != nil {
		t.Fatalf("%v: %s", err, reply)
	}
	return status
}
