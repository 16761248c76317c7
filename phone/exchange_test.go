package phone

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/srp"
	"github.com/dsappd/dsappd/wsdl"
)

func TestExchangeOnline(t *testing.T) {
	for _, p := range []oath.Parameters{
		{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}, {Type: oath.TOTP, Algorithm: oath.SHA512, Digits: 8},
	} {
		peer := newPeer(t)
		peer.data.Parameters = p
		if p.Type == oath.HOTP {
			peer.data.MovingFactor = 12
		}
		got, err := peer.start().Exchange(t.Context(), peer.registration())
		want := State{RegistrationID: peer.id, ActivationData: peer.data}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

func TestExchangeOffline(t *testing.T) {
	peer := newPeer(t)
	peer.offline, peer.data.MovingFactor = true, 7
	r := peer.registration()
	r.Offline = &BuiltIn{Parameters: peer.data.Parameters, SerialNumber: peer.data.SerialNumber}
	got, err := peer.start().Exchange(t.Context(), r)
	want := State{RegistrationID: peer.id, ActivationData: peer.data}
	want.Domain, want.UserID = "", "" // the device learns them when it is activated
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestExchangeVectors plays the device of every vector: with its a, the proof
// must come out as its M1.
func TestExchangeVectors(t *testing.T) {
	file, err := os.ReadFile("../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct{ SRP []map[string]string }
	if err := json.Unmarshal(file, &vectors); err != nil || len(vectors.SRP) == 0 {
		t.Fatalf("%d vectors, %v", len(vectors.SRP), err)
	}
	for _, v := range vectors.SRP {
		peer := newPeer(t)
		peer.id, peer.password = v["registrationID"], v["activationPassword"]
		peer.salt, peer.b = bytesOf(t, v["salt"]), bytesOf(t, v["b"])
		device := peer.start()
		device.Rand = bytes.NewReader(bytesOf(t, v["a"]))
		if _, err := device.Exchange(t.Context(), peer.registration()); err != nil {
			t.Errorf("registration %s: %v", peer.id, err)
		}
		if got := dsapp.EncodeHex(peer.M1); got != v["M1"] {
			t.Errorf("registration %s: M1 = %s, want %s", peer.id, got, v["M1"])
		}
	}
}

func bytesOf(t *testing.T, s string) []byte {
	t.Helper()
	b, err := dsapp.DecodeHex(s, len(s)/2)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wrongM2 is what a peer without the verifier would send.
func wrongM2(r *wsdl.DSAPPSRPGenerateActivationDataResult) {
	r.ServerEvidenceMessage = strings.Repeat("0", 64)
}

func breakItem(r *wsdl.DSAPPSRPGenerateActivationDataResult) {
	r.Standard.ActivationCode.Mac = strings.Repeat("0", 64)
}

func TestExchangeRefusesAKey(t *testing.T) {
	n := srp.Group2048().N
	for name, key := range map[string]string{
		"zero": "0", "N": dsapp.EncodeHex(n), "above N": strings.Repeat("F", 512), "zero, padded": strings.Repeat("0", 512),
	} {
		peer := newPeer(t)
		peer.bendKey = func(r *wsdl.DSAPPSRPGenerateEphemeralKeyResult) { r.ServerEphemeralPublicKey = key }
		if _, err := peer.start().Exchange(t.Context(), peer.registration()); !errors.Is(err, ErrServerKey) {
			t.Errorf("B is %s: %v, want %v", name, err, ErrServerKey)
		}
		if peer.K != nil {
			t.Errorf("B is %s: the device went on to prove the key", name)
		}
	}
}

func TestExchangeRefusesData(t *testing.T) {
	for name, c := range map[string]struct {
		bend     func(*wsdl.DSAPPSRPGenerateActivationDataResult)
		bendText func(items) items
		want     error
	}{
		"M2 wrong":                      {wrongM2, nil, ErrEvidence},
		"M2 wrong, and an item altered": {func(r *wsdl.DSAPPSRPGenerateActivationDataResult) { wrongM2(r); breakItem(r) }, nil, ErrEvidence},
		"M2 wrong, and no item": {func(r *wsdl.DSAPPSRPGenerateActivationDataResult) {
			wrongM2(r)
			*r = wsdl.DSAPPSRPGenerateActivationDataResult{Mdl: &wsdl.DSAPPSRPMDLActivationData{ActivationMessage: r.Standard.ActivationCode}, ServerEvidenceMessage: r.ServerEvidenceMessage}
		}, nil, ErrEvidence},
		"item altered": {breakItem, nil, dsapp.ErrAuthentication},
		"items swapped": {func(r *wsdl.DSAPPSRPGenerateActivationDataResult) {
			s := r.Standard
			s.ActivationCode, s.EventReactivationCounter = s.EventReactivationCounter, s.ActivationCode
		}, nil, dsapp.ErrAuthentication},
		"activation message in place of the two": {func(r *wsdl.DSAPPSRPGenerateActivationDataResult) {
			r.Mdl, r.Standard = &wsdl.DSAPPSRPMDLActivationData{ActivationMessage: r.Standard.ActivationCode}, nil
		}, nil, ErrItems},
		"activation code in place of a URI": {nil, func(i items) items { i.code = "B7F0049F2CEE564A1C533"; return i }, ErrForm},
		"URI with another parameter":        {nil, func(i items) items { i.code += "&image=x"; return i }, dsapp.ErrActivationData},
		"counter that differs":              {nil, func(i items) items { i.counter = "001"; return i }, ErrCounter},
		"counter that is none":              {nil, func(i items) items { i.counter = "0"; return i }, dsapp.ErrEventReactivationCounter},
	} {
		peer := newPeer(t)
		peer.bendData, peer.bendText = c.bend, c.bendText
		if s, err := peer.start().Exchange(t.Context(), peer.registration()); !errors.Is(err, c.want) || s.Secret != nil {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestExchangeRefusesOfflineData(t *testing.T) {
	totp := oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA1, Digits: 6}
	for name, c := range map[string]struct {
		known   BuiltIn
		offline bool
		counter string
		want    error
	}{
		"URI where a code was expected": {BuiltIn{totp, "VDS1000141"}, false, "000", ErrForm},
		"serial number mistyped":        {BuiltIn{totp, "VDS100014"}, true, "000", dsapp.ErrSerialNumber},
		"parameters of no kind":         {BuiltIn{oath.Parameters{}, "VDS1000141"}, true, "000", oath.ErrParameters},
		"counter for a time-based one":  {BuiltIn{totp, "VDS1000141"}, true, "001", ErrCounter},
	} {
		peer := newPeer(t)
		peer.offline = c.offline
		peer.bendText = func(i items) items { i.counter = c.counter; return i }
		r := peer.registration()
		r.Offline = &c.known
		if _, err := peer.start().Exchange(t.Context(), r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestExchangeRefusesReplies: what a schema can see wrong is a field's error.
func TestExchangeRefusesReplies(t *testing.T) {
	remove := func(from, to string) func([]byte) []byte {
		return func(b []byte) []byte {
			before, rest, ok := strings.Cut(string(b), from)
			if _, after, found := strings.Cut(rest, to); ok && found {
				return []byte(before + after)
			}
			return b
		}
	}
	insert := func(at, text string) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.Replace(b, []byte(at), []byte(text+at), 1) }
	}
	item := "<encryptedData>00</encryptedData><encryptedCounter>0000000000000000</encryptedCounter><mac>" + strings.Repeat("0", 64) + "</mac>"
	for name, bend := range map[string]func([]byte) []byte{
		"item missing":       remove("<eventReactivationCounter>", "</eventReactivationCounter>"),
		"both kinds of data": insert("<serverEvidenceMessage>", "<mdl><activationMessage>"+item+"</activationMessage></mdl>"),
		"item twice":         insert("</standard>", "<eventReactivationCounter>"+item+"</eventReactivationCounter>"),
		"item of no name":    insert("</standard>", "<pin>"+item+"</pin>"),
		"M2 missing":         remove("<serverEvidenceMessage>", "</serverEvidenceMessage>"),
		"salt missing":       remove("<salt>", "</salt>"),
	} {
		peer := newPeer(t)
		peer.bendReply = bend
		_, err := peer.start().Exchange(t.Context(), peer.registration())
		if field, ok := errors.AsType[*soap.FieldError](err); !ok {
			t.Errorf("%s: %v (%v), want an error of a field", name, err, field)
		}
	}
}

// TestItemsOfBothKinds: should a transport let through what must not be there,
// or miss what must, the device opens nothing.
func TestItemsOfBothKinds(t *testing.T) {
	peer := newPeer(t)
	device := peer.start()
	var issued ActivationDataResult
	device.Transport = &tapped{Transport: device.Transport, issued: &issued}
	if _, err := device.Exchange(t.Context(), peer.registration()); err != nil {
		t.Fatal(err)
	}
	h := &handshake{suite: peer.suite, A: peer.A, K: peer.K, M1: peer.M1}
	code, counter := issued.ActivationCode, issued.EventReactivationCounter
	for name, c := range map[string]ActivationDataResult{
		"both kinds": {ActivationCode: code, EventReactivationCounter: counter, ActivationMessage: code},
		"no counter": {ActivationCode: code}, "no code": {EventReactivationCounter: counter}, "nothing": {},
	} {
		c.ServerEvidenceMessage = issued.ServerEvidenceMessage
		if _, err := h.items(c); !errors.Is(err, ErrItems) {
			t.Errorf("%s: %v, want %v", name, err, ErrItems)
		}
	}
}

// tapped keeps what a transport returned, or changes it.
type tapped struct {
	Transport
	issued *ActivationDataResult
	bend   func(*ActivationDataResult)
}

func (t *tapped) GenerateActivationData(ctx context.Context, registrationID, clientEvidenceMessage string) (ActivationDataResult, error) {
	result, err := t.Transport.GenerateActivationData(ctx, registrationID, clientEvidenceMessage)
	if t.issued != nil {
		*t.issued = result
	}
	if t.bend != nil {
		t.bend(&result)
	}
	return result, err
}

// TestExchangeMDL: the message of a licence comes in the exchange, and every
// other thing in its place is refused. A device that expects single-device
// data refuses it.
func TestExchangeMDL(t *testing.T) {
	l := newLicence("VDM1000001")
	message1 := l.open(t)
	for name, c := range map[string]struct {
		message1 string
		bend     func(*ActivationDataResult)
		want     error
	}{
		"right":         {message1, nil, nil},
		"another item":  {"", nil, ErrItems},
		"one item more": {message1, func(r *ActivationDataResult) { r.EventReactivationCounter = r.ActivationMessage }, ErrItems},
		"both kinds": {message1, func(r *ActivationDataResult) {
			r.ActivationCode, r.EventReactivationCounter = r.ActivationMessage, r.ActivationMessage
		}, ErrItems},
		"an activation code more": {message1, func(r *ActivationDataResult) { r.ActivationCode = r.ActivationMessage }, ErrItems},
		"nothing":                 {message1, func(r *ActivationDataResult) { r.ActivationMessage = nil }, ErrItems},
		"M2 wrong":                {message1, func(r *ActivationDataResult) { r.ServerEvidenceMessage = strings.Repeat("0", 64) }, ErrEvidence},
		"M2 of another shape":     {message1, func(r *ActivationDataResult) { r.ServerEvidenceMessage = "" }, ErrReply},
		"item altered":            {message1, func(r *ActivationDataResult) { r.ActivationMessage.MAC = strings.Repeat("0", 64) }, dsapp.ErrAuthentication},
		"bit flipped inside":      {flipped(t, message1, 100), nil, dsapp.ErrActivationMessage},
	} {
		peer := newPeer(t)
		peer.message1 = c.message1
		device := peer.start()
		device.Now = labTime
		device.Transport = &tapped{Transport: device.Transport, bend: c.bend}
		s, err := device.ExchangeMDL(t.Context(), State{}, peer.registration())
		if !errors.Is(err, c.want) || (s.MDL.Opening == nil) != (err != nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if o := s.MDL.Opening; o != nil && (o.Message1 != message1 || o.RegistrationID != peer.id) {
			t.Errorf("%s: the device took another message, or took it for another registration", name)
		}
		if _, err := device.Exchange(t.Context(), peer.registration()); c.want == nil && !errors.Is(err, ErrItems) {
			t.Errorf("single-device data expected: %v, want %v", err, ErrItems)
		}
	}
}

func TestExchangeReportsARefusal(t *testing.T) {
	peer := newPeer(t)
	device := peer.start()
	r := peer.registration()
	r.Password = "wrong"
	_, err := device.Exchange(t.Context(), r)
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok || refusal.Operation != "dsappSRPGenerateActivationData" || refusal.ResultCodes.StatusCode != 1000 {
		t.Errorf("wrong password: %v", err)
	}
	peer.bendStatus = func(s *wsdl.CommandStatusResponse) {
		s.ResultCodes = wsdl.ResultCodes{ReturnCodeEnum: "RET_FAILURE", StatusCodeEnum: "STAT_NOT_FOUND", ReturnCode: -1, StatusCode: -13}
		s.ErrorStack.Errors = []wsdl.ErrorStackEntry{{ErrorCode: -13, ErrorDesc: "There is no such registration."}}
	}
	_, err = device.Exchange(t.Context(), peer.registration())
	if want := "dsappSRPGenerateEphemeralKey was refused: STAT_NOT_FOUND (-13): There is no such registration."; err == nil || err.Error() != want {
		t.Errorf("refusal reads %v, want %s", err, want)
	}
	peer.bendStatus, peer.noResult = nil, true
	if _, err := device.Exchange(t.Context(), peer.registration()); !errors.Is(err, ErrReply) {
		t.Errorf("success without a result: %v, want %v", err, ErrReply)
	}
}

func TestExchangeStopsWithItsContext(t *testing.T) {
	peer := newPeer(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := peer.start().Exchange(ctx, peer.registration()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	device := peer.start()
	device.Rand = bytes.NewReader(nil)
	if _, err := device.Exchange(t.Context(), peer.registration()); err == nil {
		t.Error("an exchange without randomness")
	}
}
