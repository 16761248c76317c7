package provision_test

import (
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
)

// imported has a user register with the password of a hash from elsewhere.
func (p *play) imported(hash, password string) error {
	p.t.Helper()
	must(p.AddUser(p.t.Context(), operator(), provision.AddUser{UserID: "import", PasswordHash: hash}))(p.t)
	_, err := p.DSAPPSRPRegister(p.t.Context(), caller(), provision.DSAPPSRPRegister{
		UserID: "import", Domain: "master", StaticPassword: password})
	return err
}

// The hashes of Password2 are from PHP (argon2id), libxcrypt (bcrypt) and
// Python's hashlib (pbkdf2-sha256); passlib's is from its documentation.
func TestImportedHashVerifiesAndIsReplaced(t *testing.T) {
	for name, c := range map[string]struct{ hash, password string }{
		"argon2id":       {"$argon2id$v=19$m=64,t=1,p=1$aGVZM2trLlRHVGdSNTlQZQ$fZw0ekHCwqvVS9kTVVmDYnjPbae7sfThzYKC7zVeQf0", "Password2"},
		"bcrypt 2a":      {"$2a$04$abcdefghijklmnopqrstuueZH5uJ6ZkhtFGPsojOxBctWgbAty3B.", "Password2"},
		"bcrypt 2b":      {"$2b$04$abcdefghijklmnopqrstuueZH5uJ6ZkhtFGPsojOxBctWgbAty3B.", "Password2"},
		"bcrypt 2y":      {"$2y$04$abcdefghijklmnopqrstuueZH5uJ6ZkhtFGPsojOxBctWgbAty3B.", "Password2"},
		"bcrypt 72":      {"$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i", strings.Repeat("x", 72)},
		"pbkdf2":         {"$pbkdf2-sha256$i=1000$++++AAECAwQFBgcICQoLDA$Z2Bsu9YNT4JPHVhsomlcHOtDVP6McnWpuxf+YGb09KI", "Password2"},
		"pbkdf2 length":  {"$pbkdf2-sha256$i=1000,l=32$++++AAECAwQFBgcICQoLDA$Z2Bsu9YNT4JPHVhsomlcHOtDVP6McnWpuxf+YGb09KI", "Password2"},
		"pbkdf2 dots":    {"$pbkdf2-sha256$1000$....AAECAwQFBgcICQoLDA$Z2Bsu9YNT4JPHVhsomlcHOtDVP6McnWpuxf.YGb09KI", "Password2"},
		"pbkdf2 passlib": {"$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk", "toomanysecrets"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlay(t)
			p.costing(128, 1)
			p.refused(p.imported(c.hash, c.password+"x"), 1000)
			if p.account("import").PasswordHash != c.hash {
				t.Error("a wrong password replaced the hash")
			}
			for range 2 { // the hash that came, and the one that replaced it
				_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{
					UserID: "import", Domain: "master", StaticPassword: c.password})
				p.refused(err, -13) // right, but without an authenticator
				if hash := p.account("import").PasswordHash; !strings.HasPrefix(hash, "$argon2id$v=19$m=128,t=1,p=1$") {
					t.Errorf("the hash is at %.30s", hash)
				}
			}
		})
	}
}

func TestImportRefusesWhatNoLoginCouldVerify(t *testing.T) {
	p := newPlay(t)
	for name, hash := range map[string]string{
		"no hash":              "Password2",
		"argon2i":              "$argon2i$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Z2Bsu9YNT4JPHVhsomlcHOtDVP6McnWpuxf+YGb09KI",
		"argon2id trailing":    "$argon2id$v=19$m=64,t=1,p=1x$AAECAwQFBgcICQoLDA0ODw$Z2Bsu9YNT4JPHVhsomlcHOtDVP6McnWpuxf+YGb09KI",
		"argon2id of 4 GiB":    "$argon2id$v=19$m=4194304,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Z2Bsu9YNT4JPHVhsomlcHOtDVP6McnWpuxf+YGb09KI",
		"argon2id of nothing":  "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$",
		"bcrypt 2x":            "$2x$04$abcdefghijklmnopqrstuueZH5uJ6ZkhtFGPsojOxBctWgbAty3B.",
		"bcrypt short":         "$2b$04$abcdefghijklmnopqrstuueZH5uJ6ZkhtFGPsojOxBctWgbAty3B",
		"bcrypt long":          "$2b$04$abcdefghijklmnopqrstuueZH5uJ6ZkhtFGPsojOxBctWgbAty3B..",
		"bcrypt cost 3":        "$2b$03$abcdefghijklmnopqrstuueZH5uJ6ZkhtFGPsojOxBctWgbAty3B.",
		"bcrypt cost 17":       "$2b$17$abcdefghijklmnopqrstuueZH5uJ6ZkhtFGPsojOxBctWgbAty3B.",
		"bcrypt alphabet":      "$2b$04$abcdefghijklmnopqrstuu+ZH5uJ6ZkhtFGPsojOxBctWgbAty3B.",
		"pbkdf2 of 0":          "$pbkdf2-sha256$i=0$AAECAwQFBgcICQoLDA0ODw$Z2Bsu9YNT4JPHVhsomlcHOtDVP6McnWpuxf+YGb09KI",
		"pbkdf2 of too many":   "$pbkdf2-sha256$i=10000001$AAECAwQFBgcICQoLDA0ODw$Z2Bsu9YNT4JPHVhsomlcHOtDVP6McnWpuxf+YGb09KI",
		"pbkdf2 of nothing":    "$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$",
		"pbkdf2 of two base64": "$pbkdf2-sha256$1000$AAECAwQFBgcICQoLDA0ODw$Z2Bsu9YNT4JPHVhsomlcHOtDVP6McnWpuxf+YGb09KI",
		"pbkdf2 other length":  "$pbkdf2-sha256$i=1000,l=20$AAECAwQFBgcICQoLDA0ODw$Z2Bsu9YNT4JPHVhsomlcHOtDVP6McnWpuxf+YGb09KI",
		"pbkdf2-sha512":        "$pbkdf2-sha512$1000$AAECAwQFBgcICQoLDA0ODw$Z2Bsu9YNT4JPHVhsomlcHOtDVP6McnWpuxf.YGb09KI",
	} {
		_, err := p.AddUser(t.Context(), operator(), provision.AddUser{UserID: "import", PasswordHash: hash})
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		if refusal := p.refused(err, -2); strings.Contains(refusal.Desc, hash) {
			t.Errorf("%s: the refusal quotes it", name)
		}
	}
	_, err := p.AddUser(t.Context(), operator(), provision.AddUser{UserID: "import", StaticPassword: "Password2",
		PasswordHash: "$2b$04$abcdefghijklmnopqrstuueZH5uJ6ZkhtFGPsojOxBctWgbAty3B."})
	p.refused(err, -2)
}

// What bcrypt would cut off counts as wrong.
func TestBcryptDoesNotTruncate(t *testing.T) {
	p := newPlay(t)
	const of72 = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i"
	p.refused(p.imported(of72, strings.Repeat("x", 73)), 1000)
}
