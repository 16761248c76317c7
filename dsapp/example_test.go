package dsapp_test

import (
	"fmt"
	"log"

	"github.com/dsappd/dsappd/dsapp"
)

// A site draws the text of an activation image as a QR code; a phone reads it
// back.
func ExampleImage() {
	text, err := dsapp.Image{UserID: "user1", Domain: "master", RegistrationID: "xiOb8GC2", ActivationPassword: "h7Kp2QxA"}.Hex()
	if err != nil {
		log.Fatal(err)
	}
	image, err := dsapp.ParseImage(text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(image.UserID, image.RegistrationID)
	// Output: user1 xiOb8GC2
}
