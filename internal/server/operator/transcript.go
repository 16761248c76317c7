package operator

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/dsappd/dsappd/internal/server/timeline"
	"github.com/dsappd/dsappd/replay/drafting"
	"github.com/dsappd/dsappd/replay/transcript"
)

// transcript gives one request as a transcript, its secrets redacted as those of
// recordings are.
func (e *exchange) transcript() error {
	kept, found := e.Requests.Get(e.HTTP.PathValue("name"))
	if !found || !e.session.viewer.sees(kept.Domain) {
		return notHere("The server remembers no request of this ID any more.")
	}
	return e.download("request-"+kept.Name(), []timeline.Exchange{kept})
}

// flow gives all requests of a registration as a transcript.
func (e *exchange) flow() error {
	id := e.HTTP.PathValue("id")
	var all []timeline.Exchange
	for _, each := range e.ofRegistration(id) {
		if each.Door == "soap" {
			all = append(all, each)
		}
	}
	return e.download("registration-"+id, all)
}

// ofRegistration are the requests about a registration that the viewer sees, the
// oldest first.
func (e *exchange) ofRegistration(id string) (found []timeline.Exchange) {
	all, _ := e.Requests.Since(0)
	for _, each := range all {
		if each.RegistrationID == id && e.session.viewer.sees(each.Domain) {
			found = append(found, each)
		}
	}
	return found
}

// download drafts a transcript of some exchanges of SOAP.
func (e *exchange) download(name string, exchanges []timeline.Exchange) error {
	drafter := drafting.Drafter{Redact: true}
	first := -1
	for _, each := range exchanges {
		raw, keeps := each.Raw()
		if !keeps || !raw.Whole {
			continue
		}
		at, err := drafter.Add(drafting.Recorded{
			Request: drafting.RecordedMessage{Header: raw.RequestHeader, Body: raw.Request},
			Reply:   drafting.RecordedMessage{Header: raw.ReplyHeader, Body: raw.Reply},
			Status:  each.HTTP, At: each.Time,
		})
		if err != nil {
			return notHere("This cannot be written down as a transcript: " + err.Error() + ".")
		}
		if first < 0 {
			first = at
		}
	}
	if first < 0 {
		return notHere("The server remembers no SOAP request of it any more, and transcripts are of SOAP.")
	}
	drafted, _ := drafter.Draft(first)
	text, err := transcript.Format(drafted)
	if err != nil {
		return fmt.Errorf("write a transcript: %w", err)
	}
	e.w.Header().Set("Content-Disposition", `attachment; filename="`+strings.Map(fileName, name)+transcript.Extension+`"`)
	e.send(http.StatusOK, "text/plain; charset=utf-8", text)
	return nil
}

// fileName leaves what every system takes in a file's name.
func fileName(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
		return r
	}
	return '_'
}
