package systemtest_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/dsappd/dsappd/oath"
)

// logins log users and an administrator in, set PINs and change passwords, right
// ones and wrong ones. A PIN and a session are secrets like a password.
func (r *canaryRun) logins() {
	r.t.Helper()
	logon := r.call("Administration", "logon", "", "CREDFLD_", "USERID", "admin", "PASSWORD_FORMAT", "0", "PASSWORD", "Password2")
	session := attributeOf(logon, "CREDFLD_SESSION_ID")
	if len(session) != 32 {
		r.t.Fatalf("logon: %s", logon)
	}
	pin := func(cmd, status string, values ...string) {
		body := "<sessionID>" + session + "</sessionID><cmd>DIGIPASSAPPLCMD_" + cmd + "</cmd>"
		reply := r.call("Administration", "digipassapplExecute", body, "DIGIPASSAPPLFLD_", append([]string{"SERNO", "VDS1000150", "APPL_NAME", "OTP"}, values...)...)
		if got := element(reply, "statusCodeEnum"); got != status {
			r.t.Errorf("%s: %s, not %s: %s", cmd, got, status, reply)
		}
	}
	login := func(status string, values ...string) {
		reply := r.call("Authentication", "authUser", "", "CREDFLD_", append([]string{"COMPONENT_TYPE", "SOAP Auth Client", "USERID", "user7"}, values...)...)
		if got := element(reply, "statusCodeEnum"); got != status {
			r.t.Errorf("authUser %v: %s, not %s", values, got, status)
		}
	}
	pin("SET_PIN", "STAT_SUCCESS", "NEW_PIN", "73519264", "NEW_PIN_CONF", "73519264")
	pin("SET_PIN", "STAT_DPERROR", "NEW_PIN", "61840937", "NEW_PIN_CONF", "61840938")
	pin("TEST_OTP", "STAT_SUCCESS", "RESPONSE", "73519264"+r.hotp(0))
	login("STAT_OTP_INCORRECT", "PASSWORD_FORMAT", "0", "PASSWORD", "28460917"+r.hotp(1))
	login("STAT_SUCCESS", "PASSWORD_FORMAT", "4", "CURRENT_PIN", "73519264", "DP_RESPONSE", r.hotp(1), "NEW_PIN", "90817263", "CONFIRM_NEW_PIN", "90817263")
	login("STAT_SUCCESS", "PASSWORD_FORMAT", "0", "PASSWORD", "90817263"+r.hotp(2))
	login("STAT_LOCAL_PASSWORD_MISMATCH", "PASSWORD_FORMAT", "0", "PASSWORD", "LoginCanaryPassword")
	for _, old := range []string{"Password1", "Password2"} {
		r.call("Authentication", "updatePassword", "", "CREDFLD_", "COMPONENT_TYPE", "SOAP Auth Client", "USERID", "user7",
			"STATIC_PASSWORD", old, "NEW_STATIC_PASSWORD", "UpdatedCanaryPassword", "CONFIRM_STATIC_PASSWORD", "UpdatedCanaryPassword")
	}
	service := "<sessionID>Apikey robot:00000000-0000-4000-8000-000000000001</sessionID><cmd>USERCMD_SET_PASSWORD</cmd>"
	set := r.call("Administration", "userExecute", service, "USERFLD_", "USERID", "user5", "DOMAIN", "master",
		"NEW_PASSWORD", "AdministeredCanary", "CONFIRM_NEW_PASSWORD", "AdministeredCanary")
	if got := element(set, "statusCodeEnum"); got != "STAT_SUCCESS" {
		r.t.Errorf("set a password by an API key: %s", set)
	}
	r.secret("73519264", "61840937", "61840938", "28460917", "90817263", "LoginCanaryPassword", "UpdatedCanaryPassword", "AdministeredCanary",
		"00000000-0000-4000-8000-000000000001", session)
}

// hotp is a one-time password of the test secret of RFC 4226.
func (r *canaryRun) hotp(counter uint64) string {
	otp, err := oath.OTP([]byte("12345678901234567890"), counter, oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6})
	if err != nil {
		r.t.Fatal(err)
	}
	return otp
}

// call sends a request of an interface, with the names and the values of its
// attributes; before is what stands before them.
func (r *canaryRun) call(door, operation, before, prefix string, values ...string) string {
	r.t.Helper()
	set := "attributeSet"
	if door == "Authentication" {
		set = "credentialAttributeSet"
	}
	body := "<" + set + ">"
	for i := 0; i < len(values); i += 2 {
		kind := "string"
		if values[i] == "PASSWORD_FORMAT" {
			kind = "unsignedInt"
		}
		body += `<attributes><value xsi:type="xsd:` + kind + `">` + values[i+1] + "</value><attributeID>" + prefix + values[i] + "</attributeID></attributes>"
	}
	return r.send(soapHead + "<d:" + operation + ` xmlns:d="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/` + door + `">` + before +
		body + "</" + set + "></d:" + operation + "></s:Body></s:Envelope>")
}

// attributeOf is the value of an attribute of a reply.
func attributeOf(reply, name string) string {
	before, _, _ := strings.Cut(reply, "</value><attributeID>"+name)
	return before[strings.LastIndex(before, ">")+1:]
}

// metrics are those of the server.
func (r *canaryRun) metrics() []byte {
	r.t.Helper()
	response, err := http.Get(r.server.URLs().Watch + "metrics")
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(text), `operation="authUser"`) {
		r.t.Fatalf("metrics: %v\n%s", err, text)
	}
	return text
}

// recordings are the transcripts that the server has recorded, in one text.
func (r *canaryRun) recordings() []byte {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.recorded, "*"))
	if err != nil || len(files) == 0 {
		r.t.Fatalf("%d recordings, %v", len(files), err)
	}
	var all []byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, text...)
	}
	return all
}
