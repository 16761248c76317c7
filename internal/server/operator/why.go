package operator

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/server/timeline"
)

// why says in a sentence why a request was turned down, and what to do.
type why struct {
	Words, Mend string
	Links       []link
}

type link struct{ Text, URL string }

// docs is where the project's pages are read.
const docs = "https://github.com/dsappd/dsappd/blob/main/docs/"

// mends has, by the check that decided, what to do and the page that tells more.
var mends = map[string]struct{ mend, doc string }{
	"component":                     {"Add a component of this type for the caller's address, or have the client send the type of one that there is.", "first-client.md"},
	"domain":                        {"Name a domain that there is.", "names.md"},
	"user":                          {"Look at the user and at who has the authenticator.", "helpdesk.md"},
	"password":                      {"Send the user's static password. Too many wrong ones lock the user.", "locks.md"},
	"disabled and locked":           {"Unlock or enable the user, or wait until the lock opens.", "locks.md"},
	"authenticator":                 {"Assign an authenticator to the user, or have the policy assign one.", "guide.md"},
	"auto-assignment":               {"Add an authenticator that nobody has, of the type that the policy assigns.", "guide.md"},
	"activations":                   {"Wait, or raise the policy's limit on activations.", "policies.md"},
	"registration":                  {"Register again: the ID is mistyped, or the registration has been deleted.", "flows.md"},
	"lifetime":                      {"Register again: a registration is good for some minutes only.", "flows.md"},
	"state":                         {"Send the steps in their order.", "states.md"},
	"evidence":                      {"The phone and the server have not the same activation password: check the one that was typed, and the SRP computation.", "profile.md"},
	"one-time password":             {"Check the device's clock or counter: a one-time password counts once, and within its window.", "policies.md"},
	"derivation code":               {"Check the device's clock and how it derives the code.", "profile.md"},
	"device code":                   {"Check the device code: 26 digits, made from Activation Message 1.", "profile-licences.md"},
	"signature":                     {"Check the signature: 8 digits, made from Activation Message 2.", "profile-licences.md"},
	"places of the licence":         {"Deactivate an instance, or raise the limit of the licence.", "licences.md"},
	"key requests":                  {"Register again: the registration has had as many key requests as its policy allows.", "policies.md"},
	"device codes":                  {"Register again: the registration has had as many device codes as its policy allows.", "policies.md"},
	"local authentication":          {"Send what the policy's local authentication asks for.", "authentication.md"},
	"challenge":                     {"Ask for a new challenge: it is good once, and for some time.", "authentication.md"},
	"privilege":                     {"Give the administrator the privilege: dsappd administrator set.", "administration.md"},
	"session":                       {"Log on again.", "administration.md"},
	"fault of the lab":              {"Remove the fault of the lab.", "lab-faults.md"},
	"transaction signature":         {"Check the data that was signed, and the device's clock or counter.", "signature.md"},
	"register by one-time password": {"Send the static password, or have the policy allow a one-time password.", "policies.md"},
}

// why finds out why a request was refused; nil: it was not.
func (e *exchange) why(r row, kept timeline.Exchange, events []audit.Event) (*why, error) {
	for _, event := range events {
		if event.Refused() {
			return whyRefused(event), nil
		}
	}
	if entry, found := e.Journal.Find(kept.RequestID); found && kept.RequestID != "" {
		return &why{Words: sentence(entry.Reason), Mend: turnedAway(entry.Door, entry.Status), Links: []link{{"What a request must be", docs + "requests.md"}}}, nil
	}
	switch {
	case kept.Fault != 0:
		return &why{Words: "A fault of the lab struck the request.", Mend: mends["fault of the lab"].mend, Links: []link{{"Faults", "/lab"}}}, nil
	case r.Kind == "good":
		return nil, nil
	case kept.HTTP == 0:
		return &why{Words: "There was no reply: the client left, or the connection was closed.", Mend: "Look at the client's time limit, and at the server's log."}, nil
	case kept.HTTP >= http.StatusInternalServerError:
		return &why{Words: fmt.Sprintf("The server could not answer, and said HTTP %d.", kept.HTTP), Mend: "Its log has the reason under this request ID."}, nil
	case kept.HTTP >= http.StatusBadRequest:
		return &why{Words: fmt.Sprintf("The request was turned away with HTTP %d before anything was decided.", kept.HTTP),
			Mend: "The reply says what is wrong with it.", Links: []link{{"What a request must be", docs + "requests.md"}}}, nil
	}
	return nil, nil
}

func whyRefused(event audit.Event) *why {
	w := &why{Words: sentence(event.Reason)}
	if len(event.Checks) == 0 {
		w.Mend = "Correct the request itself: it was refused before anything was looked up."
		w.Links = []link{{"What a request must be", docs + "requests.md"}}
		return w
	}
	last := event.Checks[len(event.Checks)-1]
	for _, s := range settingsOf(last, event.Policy) {
		if s.URL != "" {
			w.Links = append(w.Links, link{fmt.Sprintf("%s = %s in policy %s", s.Name, s.Value, event.Policy), s.URL})
		}
	}
	found := mends[last.Name]
	w.Mend = cmp.Or(found.mend, "The check that decided is "+last.Name+": the list below has what it looked at.")
	w.Links = append(w.Links, link{"Read more", docs + cmp.Or(found.doc, "guide.md")})
	if event.UserID != "" {
		w.Links = append(w.Links, link{"User " + event.UserID, userURL(event.Domain, event.UserID)})
	}
	return w
}

func turnedAway(door, status string) string {
	return fmt.Sprintf("Nothing was decided: the %s door answered %s. Correct the request and send it again.", door, status)
}

// sentence begins a text with a capital letter and ends it with a dot.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}
