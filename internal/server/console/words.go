package console

import (
	"fmt"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// inWords returns how long something takes in a person's words: the largest
// unit that fits, rounded down, such as "9 minutes" or "3 days".
func inWords(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"year", 365 * day}, {"month", 30 * day}, {"day", day}, {"hour", time.Hour}, {"minute", time.Minute}} {
		switch n := int(d / unit.length); {
		case n == 1:
			return "1 " + unit.name
		case n > 1:
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return "less than a minute"
}

// signInWords returns why a sign-in was refused. Who cannot sign in is told the
// same for an unknown user as for a wrong password.
func signInWords(refusal *provision.Error) string {
	if refusal.Refusal == provision.InvalidCredentials {
		return "Wrong user ID or password."
	}
	return refusal.Plain()
}

// The reasons for which users close registrations, as the records have them.
const (
	becauseCancelled   = "its user cancelled it"
	becauseStartedOver = "its user started over"
)

// closedWords returns why a registration was closed, to the user whose it is.
func closedWords(because string) string {
	switch because {
	case becauseCancelled:
		return "You cancelled it."
	case becauseStartedOver:
		return "You started over with a new code."
	case "an operator closed it":
		return "An administrator closed it."
	case "a newer registration superseded it":
		return "You started again somewhere else."
	case "its attempts are spent":
		return "The phone sent something wrong too many times."
	}
	return "The reason is: " + because + "."
}
