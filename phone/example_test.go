package phone_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/phone"
)

// A phone is activated for user2 of the sample, over SOAP, and keeps its state
// in a file. What url and registration are is the server's and the site's to
// say.
func Example() {
	url, registration, end := sampleRegistration()
	defer end()
	folder, err := os.MkdirTemp("", "phone-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "phone")

	client, err := phone.NewClient(url, http.DefaultClient)
	if err != nil {
		log.Fatal(err)
	}
	device := &phone.Device{
		Transport: &phone.SOAP{Client: client, ComponentType: "srp-component"},
		Rand:      rand.Reader, Now: time.Now,
	}
	ctx := context.Background()
	state, err := device.Exchange(ctx, registration)
	if err != nil {
		log.Fatal(err)
	}
	otp, state, err := device.OTP(state)
	if err != nil {
		log.Fatal(err)
	}
	// The state comes first: it knows that the password is used up.
	if err := phone.WriteFile(file, rand.Reader, "2468", state); err != nil {
		log.Fatal(err)
	}
	state, err = device.Activate(ctx, state, phone.Credential{Response: otp})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s activates %s for %s\n", otp, state.SerialNumber, state.UserID)
	// Output: 755224 activates VDS1000141 for user2
}

// A device that sends nothing gets a place on a licence for several devices:
// the messages are scanned, the code and the signature typed in at the site,
// whose secrets are fixed ones here.
func ExampleDevice_TakeMessage1() {
	device := &phone.Device{
		Rand: bytes.NewReader([]byte{0, 0, 0, 0, 0, 1}), // the nonce; crypto/rand's Reader otherwise
		Now:  func() time.Time { return time.Unix(1790000000, 0) },
	}
	site := newSite("VDM1000001", device.Now().Add(10*time.Minute))
	state, err := device.TakeMessage1(phone.State{}, "", site.message1())
	if err != nil {
		log.Fatal(err)
	}
	code, state, err := device.DeviceCode(state, dsapp.Hardware)
	if err != nil {
		log.Fatal(err)
	}
	state, err = device.TakeMessage2(state, site.message2(code))
	if err != nil {
		log.Fatal(err)
	}
	signature, err := state.Signature("VDM1000001-1")
	if err != nil {
		log.Fatal(err)
	}
	state, err = state.Confirm("VDM1000001-1")
	if err != nil {
		log.Fatal(err)
	}
	otp, err := device.InstanceOTP(state, "VDM1000001-1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("device code", code)
	fmt.Println("signature", signature)
	fmt.Println("one-time password", otp)
	// Output:
	// device code 33245460039402318544554747
	// signature 97803178
	// one-time password 243324
}
