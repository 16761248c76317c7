package drafting_test

import (
	"fmt"

	"github.com/dsappd/dsappd/replay/drafting"
)

// An exchange becomes a transcript, without its password.
func ExampleDrafter() {
	drafter := &drafting.Drafter{Redact: true}
	draft, err := drafter.Add(drafting.Recorded{
		Request: drafting.RecordedMessage{Body: []byte(`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>` +
			`<logon xmlns=""><userID>anna</userID><staticPassword>Secret12</staticPassword></logon></Body></Envelope>`)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	made, _ := drafter.Draft(draft)
	fmt.Println(made.Title)
	fmt.Println(made.Exchanges[0].Request.Body)
	// Output:
	// logon
	// <Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><logon xmlns=""><userID>anna</userID><staticPassword>redacted-1</staticPassword></logon></Body></Envelope>
}
