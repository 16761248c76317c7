package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

const sampleLicence = "VDM1000001"

// The real program is killed between taking a place for a device and the
// device's hearing of it, and again while codes are on their way. After each
// kill a place is either held by the instance that waits, and the same code
// gets one and the same message from then on, or it is not taken.
func TestKillBetweenPlaceAndAnswer(t *testing.T) {
	const rounds, devices = 4, 4
	dir := newDataFolder(t)
	limitSampleLicence(t, dir, 99)
	for round := range rounds {
		server := serveFolder(t, dir)
		var waiting []unheard
		for i := range devices {
			waiting = append(waiting, newUnheard(t, server.url, byte(i)))
		}
		before := sampleInstances(t, dir)
		for i, u := range waiting {
			u.send(t, server.url)
			if i == 0 && round%2 == 0 {
				awaitPlace(t, dir, u.id)
			}
		}
		server.kill()
		if err := server.wait(t); err == nil {
			t.Error("the server was not killed")
		}
		held := verifyPlaces(t, dir, before, waiting)
		if round%2 == 0 && !held[waiting[0].id] {
			t.Error("a place that was taken is not held after the kill")
		}
		server = serveFolder(t, dir)
		for _, u := range waiting {
			u.hear(t, server.url)
		}
		server.kill()
		_ = server.wait(t)
		verifyAudit(t, dir)
	}
}

// unheard is a device that sends its code and does not hear the answer.
type unheard struct {
	id      string
	message dsapp.ActivationMessage1
	code    dsapp.DeviceCode
}

func newUnheard(t *testing.T, address string, nonce byte) unheard {
	t.Helper()
	reply := mdlReply(t, address, mdlEnvelope("REGISTER", "USERID", "user6", "STATIC_PASSWORD", "Password2"))
	u := unheard{id: mdlAttribute(t, reply, "REGISTRATIONID")}
	var err error
	if u.message, err = dsapp.ParseActivationMessage1(mdlAttribute(t, reply, "ACTIVATION_MESSAGE")); err != nil {
		t.Fatal(err)
	}
	if u.code, err = dsapp.NewDeviceCode(u.message, dsapp.Android, [6]byte{nonce}); err != nil {
		t.Fatal(err)
	}
	return u
}

func (u unheard) envelope() string {
	return mdlEnvelope("ADD_DEVICE", "REGISTRATIONID", u.id, "DEVICE_CODE", u.code.String())
}

// send writes the request to a connection that nobody reads.
func (u unheard) send(t *testing.T, address string) {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := net.Dial("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	body := u.envelope()
	_, err = fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s", at.Host, len(body), body)
	if err != nil {
		t.Fatal(err)
	}
}

// hear sends the same code again, twice: the instance is the device's.
func (u unheard) hear(t *testing.T, address string) {
	t.Helper()
	first := mdlAttribute(t, mdlReply(t, address, u.envelope()), "ACTIVATION_MESSAGE2")
	if again := mdlAttribute(t, mdlReply(t, address, u.envelope()), "ACTIVATION_MESSAGE2"); again != first {
		t.Errorf("the same code got %s after %s", again, first)
	}
	message2, err := dsapp.ParseActivationMessage2(first)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := message2.Open(u.message, u.code)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := message2.Signature(secret)
	if err != nil {
		t.Fatal(err)
	}
	mdlAttribute(t, mdlReply(t, address, mdlEnvelope("ACTIVATE", "REGISTRATIONID", u.id, "SIGNATURE", signature)), "SERIAL_NO")
}

// mdlEnvelope is a command of mdl-component, its attributes in pairs.
func mdlEnvelope(command string, attributes ...string) string {
	set := ""
	for i := 0; i < len(attributes); i += 2 {
		set += fmt.Sprintf("<attributes><value>%s</value><attributeID>PROVFLD_%s</attributeID></attributes>", attributes[i+1], attributes[i])
	}
	return `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>` +
		`<p:provisioningExecute xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><cmd>PROVISIONCMD_MDL_` + command +
		`</cmd><attributeSet><attributes><value>mdl-component</value><attributeID>PROVFLD_COMPONENT_TYPE</attributeID></attributes>` + set +
		`</attributeSet></p:provisioningExecute></e:Body></e:Envelope>`
}

func mdlReply(t *testing.T, address, envelope string) string {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: patience}
	response, err := client.Post(address, "text/xml; charset=utf-8", strings.NewReader(envelope))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(reply)
}

// mdlAttribute is one of a reply that grants.
func mdlAttribute(t *testing.T, reply, id string) string {
	t.Helper()
	found := regexp.MustCompile(`>([^<]*)</value><attributeID>PROVFLD_` + id + `<`).FindStringSubmatch(reply)
	if found == nil {
		t.Fatalf("no %s in %s", id, reply)
	}
	return found[1]
}

func limitSampleLicence(t *testing.T, dir string, limit int) {
	t.Helper()
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	if _, err := door.SetAuthenticator(t.Context(), provision.SetAuthenticator{SerialNumber: sampleLicence, Limit: limit}); err != nil {
		t.Fatal(err)
	}
}

// sampleInstances are those of the sample's licence, by their registrations.
func sampleInstances(t *testing.T, dir string) map[string]admin.Instance {
	t.Helper()
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	a, err := door.ShowAuthenticator(t.Context(), admin.NameAuthenticator{SerialNumber: sampleLicence})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]admin.Instance{}
	for _, i := range a.Licence.Instances {
		all[i.RegistrationID] = i
	}
	if len(all) != len(a.Licence.Instances) {
		t.Errorf("a registration has two instances: %+v", a.Licence.Instances)
	}
	return all
}

// awaitPlace asks until the place is taken.
func awaitPlace(t *testing.T, dir, registrationID string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if _, taken := sampleInstances(t, dir)[registrationID]; taken {
			return
		}
	}
	t.Fatal("no place was taken")
}

// verifyPlaces looks at what a killed server left, and reports which of the
// devices have a place.
func verifyPlaces(t *testing.T, dir string, before map[string]admin.Instance, waiting []unheard) map[string]bool {
	t.Helper()
	after := sampleInstances(t, dir)
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	if checked, err := door.Check(t.Context()); err != nil || len(checked.Problems) > 0 {
		t.Errorf("the data folder of a killed server: %v, %v", checked.Problems, err)
	}
	held := map[string]bool{}
	for _, u := range waiting {
		if i, taken := after[u.id]; taken {
			held[u.id] = true
			if i.State != provision.InstancePending || !i.HoldsPlace {
				t.Errorf("%+v", i)
			}
		}
	}
	if len(after) != len(before)+len(held) {
		t.Errorf("%d instances after %d, and %d devices have a place", len(after), len(before), len(held))
	}
	t.Logf("%d of %d devices have a place that they have not heard of", len(held), len(waiting))
	return held
}
