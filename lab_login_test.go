package dsappd_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
)

// What a phone makes right after its activation logs its user in, several times in
// one time step: the phone never shows twice what the server takes once.
func TestLabPhoneLogsIn(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	control(t, s, "POST", "lab/clock", `{"do":"freeze"}`)
	for user, serial := range map[string]string{"user1": "VDS1000140", "user2": "VDS1000141", "user6": "VDM1000001-1"} {
		status, phone := control(t, s, "POST", "lab/phone", `{"userID":"`+user+`"}`)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %v", user, status, phone)
		}
		for range 3 {
			_, made := control(t, s, "POST", "lab/phone/otp", `{"serialNumber":"`+serial+`"}`)
			otp := made["otp"].(string)
			if phone["otp"] != nil && phone["otp"] != otp {
				t.Errorf("%s: the activation promised %v, and the phone makes %s", user, phone["otp"], otp)
			}
			delete(phone, "otp")
			if reply := logIn(t, s, user, otp); !strings.Contains(reply, "STAT_SUCCESS") {
				t.Errorf("%s by %s: %s", user, otp, reply)
			}
		}
	}
}

// logIn logs a user in by a one-time password, and returns the reply.
func logIn(t *testing.T, s *dsappd.Server, user, otp string) string {
	t.Helper()
	attribute := func(name, text string) string {
		return `<attributes><value xsi:type="xsd:string">` + text + `</value><attributeID>` + name + `</attributeID></attributes>`
	}
	envelope := `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><e:Body>` +
		`<a:authUser xmlns:a="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Authentication"><credentialAttributeSet>` +
		attribute("CREDFLD_COMPONENT_TYPE", "digipass-only") + attribute("CREDFLD_USERID", user) + attribute("CREDFLD_DOMAIN", "master") +
		attribute("CREDFLD_PASSWORD", otp) + attribute("CREDFLD_PASSWORD_FORMAT", "0") + `</credentialAttributeSet></a:authUser></e:Body></e:Envelope>`
	response, err := http.Post(s.URLs().SOAP, "text/xml; charset=utf-8", strings.NewReader(envelope))
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
