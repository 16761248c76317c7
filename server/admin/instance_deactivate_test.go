package admin_test

import (
	"testing"

	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/server/admin"
)

// A licence is made, shown with what is on it, and holds nothing that was not
// activated.
func TestLicence(t *testing.T) {
	c := openOffice(t)
	in := admin.AddAuthenticator{SerialNumber: "VDM1000001", Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 6, Limit: 3}
	if _, err := c.AddAuthenticator(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	a, err := c.ShowAuthenticator(t.Context(), admin.NameAuthenticator{SerialNumber: "VDM1000001"})
	if err != nil || a.Licence == nil || a.Licence.Limit != 3 || a.Licence.Places != 0 || len(a.Licence.Instances) != 0 {
		t.Errorf("%+v %v", a, err)
	}
	for _, name := range []string{"VDM1000001-1", "VDM1000001", "VDM1000009-1", "VDM1000001-256"} {
		if _, err := c.DeactivateInstance(t.Context(), admin.NameAuthenticator{SerialNumber: name}); err == nil {
			t.Errorf("%s was deactivated", name)
		}
	}
}
