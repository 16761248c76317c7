package dsappd_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd"
)

// showLab asks a lab what it has, as a program would read it.
func showLab(t *testing.T, s *dsappd.Server) (shown struct {
	URLs                                   map[string]string
	GatewayKeys, PlatformKeys, ServiceKeys map[string]string
	Users                                  []struct{ UserID, Domain, Password, SerialNumber, Type, OTP string }
}) {
	t.Helper()
	response, err := http.Get(s.URLs().Lab + "lab")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&shown); err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(response.Status, err)
	}
	return shown
}

// A lab says where it answers, which keys open its doors, and who is in it.
func TestLabShows(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	shown := showLab(t, s)
	if shown.URLs["soap"] != s.URLs().SOAP || shown.URLs["lab"] != s.URLs().Lab || shown.GatewayKeys["lab-front"] != "lab-front-key" ||
		shown.PlatformKeys["lab-platform"] != "lab-platform-key" || shown.ServiceKeys["robot"] == "" || len(shown.Users) != 9 {
		t.Errorf("%+v", shown)
	}
	for _, u := range shown.Users {
		if (u.Password == "Password2") != (u.UserID != "robot") || (u.UserID == "user2") != (u.OTP == "755224" && u.SerialNumber == "VDS1000141") {
			t.Errorf("%+v", u)
		}
	}
	status, one := control(t, s, "GET", "lab/users?user=user6&domain=master", "")
	users, _ := one["users"].([]any)
	if status != http.StatusOK || len(users) != 1 || users[0].(map[string]any)["type"] != "licence" {
		t.Errorf("%d %v", status, one)
	}
	for _, query := range []string{"?name=user1", "?domain=nowhere"} {
		if status, answer := control(t, s, "GET", "lab/users"+query, ""); status != http.StatusBadRequest {
			t.Errorf("%s: %d %v", query, status, answer)
		}
	}
}

// A phone that has activated goes on making one-time passwords, until the lab
// goes back to before it activated.
func TestLabPhonesStay(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	control(t, s, "POST", "lab/snapshot", `{"name":"before"}`)
	for user, serial := range map[string]string{"user2": "VDS1000141", "user6": "VDM1000001-1"} {
		status, phone := control(t, s, "POST", "lab/phone", `{"userID":"`+user+`"}`)
		if status != http.StatusOK || phone["serialNumber"] != serial || phone["userID"] != user {
			t.Fatalf("%s: %d %v", user, status, phone)
		}
	}
	makeOTP := func() (int, any) {
		status, made := control(t, s, "POST", "lab/phone/otp", `{"serialNumber":"VDS1000141"}`)
		return status, made["otp"]
	}
	control(t, s, "POST", "lab/snapshot", `{"name":"after"}`)
	_, one := makeOTP()
	_, two := makeOTP()
	control(t, s, "POST", "lab/restore", `{"name":"after"}`)
	if _, again := makeOTP(); one == two || again != one {
		t.Errorf("an event-based phone makes %v, %v and, after a restore, %v", one, two, again)
	}
	for _, back := range [][2]string{{"lab/restore", `{"name":"before"}`}, {"lab/reset", ""}} {
		if status, otp := makeOTP(); status != http.StatusOK {
			t.Errorf("%d %v", status, otp)
		}
		control(t, s, "POST", back[0], back[1])
		if status, otp := makeOTP(); status != http.StatusBadRequest {
			t.Errorf("after %s: %d %v", back[0], status, otp)
		}
		control(t, s, "POST", "lab/restore", `{"name":"after"}`)
	}
}

const labFile = `
[[domain]]
name = "lab"
[[component]]
type = "my-bank"
policy = "Provisioning"
[[user]]
id = "Anna"
domain = "lab"
password = "Wonder-1and"
[[authenticator]]
serial = "VDS2000001"
domain = "lab"
user = "Anna"
[[gateway_key]]
name = "mine"
side = "front"
[[platform_key]]
name = "mine"
`

// A file that is applied is known with its passwords and its keys, and is gone
// after a reset.
func TestLabApplies(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	text, err := json.Marshal(map[string]any{"file": labFile})
	if err != nil {
		t.Fatal(err)
	}
	plan := strings.TrimSuffix(string(text), "}") + `,"plan":true}`
	for _, body := range []string{plan, string(text)} {
		if status, answer := control(t, s, "POST", "lab/apply", body); status != http.StatusOK || len(answer["changes"].([]any)) != 7 {
			t.Fatalf("%d %v", status, answer)
		}
	}
	shown := showLab(t, s)
	front, rest := shown.GatewayKeys["mine"], shown.PlatformKeys["mine"]
	if len(front) < 20 || len(rest) < 20 || front == rest {
		t.Errorf("the keys that were drawn: %+v", shown)
	}
	// Any spelling of the domain is the same.
	status, made := control(t, s, "POST", "lab/register", `{"userID":"Anna","domain":"LAB","componentType":"my-bank"}`)
	if status != http.StatusOK || made["serialNumber"] != "VDS2000001" {
		t.Errorf("register by the file's password: %d %v", status, made)
	}
	control(t, s, "POST", "lab/reset", "")
	if after := showLab(t, s); len(after.Users) != len(shown.Users)-1 || after.GatewayKeys["mine"] != "" {
		t.Errorf("after a reset: %+v", after)
	}
}

// What cannot be done is refused with a sentence that says what would do.
func TestLabRefusesUsersAndFiles(t *testing.T) {
	t.Parallel()
	s := openLab(t, dsappd.Config{})
	for _, c := range []struct{ path, body, want string }{
		{"register", `{}`, `there is no userID: give {"userID":"user1"}`},
		{"register", `{"userID":"nobody"}`, `knows no password of user "nobody" in domain "master": give it`},
		{"register", `{"userID":"user1","password":"wrong"}`, `does not register user1: STAT_`},
		{"register", `{"userID":"user1","componentType":"<&>"}`, `does not register user1: STAT_`},
		{"register", `{"userID":"user1","domain":"nowhere","password":"x"}`, `nowhere`},
		{"phone", `{"userID":"user1","image":"00"}`, `give {"userID":"user1"}`},
		{"phone", `{"registrationID":"x","activationPassword":"y","password":"z"}`, `give {"userID":"user1"}`},
		{"phone", `{"userID":"robot"}`, `knows no password of user "robot"`},
		{"phone/otp", `{}`, `no phone of the lab has activated ""`},
		{"apply", `{"file":"[[user]]\nname = \"x\""}`, `says nothing here`},
		{"apply", `{"file":"[[user]]\nid = \"x\"\npassword = \"y\"\ndomain = \"nowhere\""}`, `the domain nowhere`},
		{"apply", `{"toml":""}`, `This would do`},
	} {
		status, answer := control(t, s, "POST", "lab/"+c.path, c.body)
		if message := fmt.Sprint(answer["error"]); status != http.StatusBadRequest || !strings.Contains(message, c.want) {
			t.Errorf("%s %s: %d %v; want %q", c.path, c.body, status, answer, c.want)
		}
	}
}
