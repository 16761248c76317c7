package systemtest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

// attempt is a request that shows a one-time password at a door. What is
// accepted says accepted.
type attempt struct {
	door, url, key, mediaType, body, accepted string
}

const soapHead = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><s:Body>`

// attempts are one for each door.
func attempts(urls dsappd.URLs, otp, registrationID string) []attempt {
	const namespace, success = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/", "STAT_SUCCESS"
	login := soapHead + `<a:authUser xmlns:a="` + namespace + `Authentication"><credentialAttributeSet>`
	for _, pair := range [][2]string{{"COMPONENT_TYPE", "SOAP Auth Client"}, {"USERID", "user2"}, {"PASSWORD_FORMAT", "0"}, {"PASSWORD", otp}} {
		login += `<attributes><value xsi:type="xsd:string">` + pair[1] + `</value><attributeID>CREDFLD_` + pair[0] + `</attributeID></attributes>`
	}
	login += `</credentialAttributeSet></a:authUser></s:Body></s:Envelope>`
	activate := soapHead + `<p:dsappSRPActivate xmlns:p="` + namespace + `Provisioning"><componentType>srp-direct</componentType><registrationID>` +
		registrationID + `</registrationID><credential><response>` + otp + `</response></credential></p:dsappSRPActivate></s:Body></s:Envelope>`
	return []attempt{
		{"authUser", urls.SOAP, "", "text/xml", login, success},
		{"dsappSRPActivate", urls.SOAP, "", "text/xml", activate, success},
		{"gateway", urls.Gateway + "rest/v2/authentication/authUser", "Basic cGhvbmU6bGFiLWZyb250LWtleQ==", "application/json",
			fmt.Sprintf(`{"userID":"user2","password":%q}`, otp), success},
		{"REST", urls.Platform + "v1/users/user2@master/login", "Bearer lab-platform-key", "application/json",
			fmt.Sprintf(`{"objectType":"LoginInput","credentials":{"authenticator":{"OTP":%q}}}`, otp), `"sessionStatus":"accepted"`},
	}
}

// TestOneTimePasswordOnceOverAllDoors shows one password at all doors at once,
// more than once at each. One of them accepts it.
func TestOneTimePasswordOnceOverAllDoors(t *testing.T) {
	t.Parallel()
	dir := makeFolder(t)
	urls := serveFolder(t, dsappd.Config{Dir: dir})
	neverLock(t, dir)
	next := uint64(0)
	otp := func() string {
		text, err := oath.OTP([]byte("12345678901234567890"), next, oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6})
		if err != nil {
			t.Fatal(err)
		}
		next++
		return text
	}
	for n := range attempts(urls, "", "") { // each door accepts one that it is shown alone
		a := attempts(urls, otp(), register(t, urls.SOAP))[n]
		if reply := show(t, a); !strings.Contains(reply, a.accepted) {
			t.Fatalf("%s: %s", a.door, reply)
		}
	}
	accepting := map[string]int{}
	for range 6 {
		all := attempts(urls, otp(), register(t, urls.SOAP))
		all = slices.Concat(all, all)
		accepted := make([]bool, len(all))
		var together sync.WaitGroup
		for n, a := range all {
			together.Go(func() { accepted[n] = strings.Contains(show(t, a), a.accepted) })
		}
		together.Wait()
		count := 0
		for n, a := range all {
			if accepted[n] {
				count++
				accepting[a.door]++
			}
		}
		if count != 1 {
			t.Fatalf("a one-time password was accepted %d times: %v", count, accepting)
		}
	}
	t.Logf("accepted by %v", accepting)
}

// neverLock takes the locks from all policies: those who come too late count as
// wrong.
func neverLock(t *testing.T, dir string) {
	t.Helper()
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = door.SetPolicy(t.Context(), provision.SetPolicy{Name: provision.ProvisioningPolicy, Set: json.RawMessage(`{"LockThreshold":0,"OverallLockThreshold":0}`)})
	if err := errors.Join(err, door.Close()); err != nil {
		t.Fatal(err)
	}
}

// register opens a registration of user2 that needs no key exchange.
func register(t *testing.T, url string) string {
	t.Helper()
	reply := show(t, attempt{url: url, mediaType: "text/xml", body: soapHead +
		`<p:dsappSRPRegister xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><componentType>srp-direct</componentType>` +
		`<user><userID>user2</userID></user><credential><staticPassword>Password2</staticPassword></credential></p:dsappSRPRegister></s:Body></s:Envelope>`})
	found := regexp.MustCompile(`<registrationID>([^<]+)</registrationID>`).FindStringSubmatch(reply)
	if found == nil {
		t.Fatal(reply)
	}
	return found[1]
}

func show(t *testing.T, a attempt) string {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url, strings.NewReader(a.body))
	if err != nil {
		t.Error(err)
		return ""
	}
	request.Header.Set("Content-Type", a.mediaType)
	if a.key != "" {
		request.Header.Set("Authorization", a.key)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	if response.StatusCode == http.StatusUnauthorized || response.StatusCode == http.StatusBadRequest {
		t.Errorf("%s: %s, %s", a.door, response.Status, reply)
	}
	return string(reply)
}
