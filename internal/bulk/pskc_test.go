package bulk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/bulk"
)

const container = `<KeyContainer Version="1.0"><KeyPackage><DeviceInfo><SerialNo>654321</SerialNo></DeviceInfo>` +
	`<Key Id="1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp"><Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret></Data>` +
	`<UserId>UID=ann,DC=example</UserId>{policy}</Key></KeyPackage></KeyContainer>`

// What a key says of its use is carried over, or the key is refused.
func TestPSKC(t *testing.T) {
	now := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	const unusable = "its policy does not allow one-time passwords, or asks for what dsappd does not know"
	for name, test := range map[string]struct{ old, new, want string }{
		"plain":       {"", "", ""},
		"expires":     {"{policy}", "<Policy><ExpiryDate>2027-01-01T00:00:00Z</ExpiryDate></Policy>", "expires 2027-01-01"},
		"expired":     {"{policy}", "<Policy><ExpiryDate>2026-01-01T00:00:00Z</ExpiryDate></Policy>", "it has expired: 2026-01-01T00:00:00Z"},
		"not yet":     {"{policy}", "<Policy><StartDate>2027-01-01T00:00:00Z</StartDate></Policy>", "it may be used from 2027-01-01T00:00:00Z on: import it then"},
		"other use":   {"{policy}", "<Policy><KeyUsage>CR</KeyUsage></Policy>", unusable},
		"unknown":     {"{policy}", "<Policy><OnWeekDays/></Policy>", unusable},
		"step":        {"</Secret>", "</Secret><TimeInterval><PlainValue>60</PlainValue></TimeInterval>", "its time step is 60 seconds, and that of dsappd is 30"},
		"algorithm":   {"pskc:totp", "pskc:ocra", `its algorithm is "urn:ietf:params:xml:ns:keyprov:pskc:ocra", and dsappd has hotp and totp`},
		"no secret":   {"<Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>", "", "its secret is not in the file"},
		"check digit": {"<Data>", `<AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL" CheckDigits="true"/></AlgorithmParameters><Data>`, "its one-time passwords end in a check digit, which dsappd does not make"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(container, test.old, test.new, 1)
			row, err := bulk.PSKC(strings.NewReader(strings.Replace(text, "{policy}", "", 1)), bulk.PSKCOptions{SerialPrefix: "ACM", Assign: true, Now: now}, nil).Next()
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			switch {
			case row.Refused != nil:
				got = row.Refused.Error()
			case row.Authenticator.SerialNumber != "ACM0654321" || row.Assign.UserID != "ann":
				t.Errorf("%+v, %+v", row.Authenticator, row.Assign)
			case !row.Authenticator.ExpiresAt.IsZero():
				got = "expires " + row.Authenticator.ExpiresAt.Format(time.DateOnly)
			}
			if got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
