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
	return e.download("registration-"+id, e.ofRegistration(id))
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

// recorded is an exchange as the writer of transcripts takes it.
func recorded(each timeline.Exchange, raw timeline.Raw) drafting.Recorded {
	r := drafting.Recorded{
		Request: drafting.RecordedMessage{Header: raw.RequestHeader, Body: raw.Request},
		Reply:   drafting.RecordedMessage{Header: raw.ReplyHeader, Body: raw.Reply},
		Status:  each.HTTP, At: each.Time,
	}
	if each.Door != "soap" {
		r.Method, r.Target = each.Method, each.Path
	}
	return r
}

// download drafts a transcript of some exchanges.
func (e *exchange) download(name string, exchanges []timeline.Exchange) error {
	drafter := drafting.Drafter{Redact: true}
	first := -1
	for _, each := range exchanges {
		raw, keeps := each.Raw()
		if !keeps || !raw.Whole {
			continue
		}
		at, err := drafter.Add(recorded(each, raw))
		if err != nil {
			return notHere("This cannot be written down as a transcript: " + err.Error() + ".")
		}
		if first < 0 {
			first = at
		}
	}
	if first < 0 {
		return notHere("The server remembers no request of it any more that a transcript can hold: those of SOAP, the gateway and the Platform API.")
	}
	drafted, _ := drafter.Draft(first)
	text, err := transcript.Format(drafted)
	if err != nil {
		return fmt.Errorf("write a transcript: %w", err)
	}
	e.W.Header().Set("Content-Disposition", `attachment; filename="`+strings.Map(fileName, name)+transcript.Extension+`"`)
	e.Send(http.StatusOK, "text/plain; charset=utf-8", text)
	return nil
}

// fileName leaves what every system takes in a file's name.
func fileName(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
		return r
	}
	return '_'
}
