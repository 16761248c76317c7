package browser

import (
	"errors"
	"net/http"
	"syscall"

	"github.com/dsappd/dsappd/internal/provision"
)

// Problem tells who looks at a page of an error, in words.
type Problem struct {
	Status       int // of HTTP
	Title, Words string
	RequestID    string // where the log says more; else empty
}

func (p *Problem) Error() string { return p.Title + ": " + p.Words }

// ProblemOf returns what a page shows of a *Problem, a refusal or a contention, and
// the reason that the log has for it. It returns nil for any other error.
func ProblemOf(err error) (shown *Problem, reason string) {
	if shown, is := errors.AsType[*Problem](err); is {
		return shown, shown.Error()
	}
	if refusal, is := errors.AsType[*provision.Error](err); is {
		return &Problem{Status: RefusalStatus(refusal.Refusal), Title: "That was not possible", Words: refusal.Plain()}, refusal.Reason()
	}
	if errors.Is(err, provision.ErrContended) {
		return &Problem{Status: http.StatusServiceUnavailable, Title: "Too much at once",
			Words: "Other requests kept changing the same records. Nothing was done: try again."}, "others kept changing the same records"
	}
	return nil, ""
}

// RefusalStatus returns the status of HTTP of a page that shows a refusal.
func RefusalStatus(refusal provision.Refusal) int {
	switch refusal {
	case provision.InvalidParameter:
		return http.StatusBadRequest
	case provision.NotFound:
		return http.StatusNotFound
	case provision.OutOfOrder, provision.InUse, provision.Exists:
		return http.StatusConflict
	case provision.Busy:
		return http.StatusServiceUnavailable
	}
	return http.StatusForbidden
}

// ReadForm reads a form of at most so many bytes. The error is a *Problem.
func ReadForm(w http.ResponseWriter, r *http.Request, most int64) error {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	err := r.ParseForm()
	if errors.Is(err, syscall.ENOBUFS) {
		return &Problem{Status: http.StatusServiceUnavailable, Title: "The server is busy",
			Words: "It has too many requests at the moment. Nothing was done: go back and send the form again."}
	}
	if err != nil {
		return &Problem{Status: http.StatusBadRequest, Title: "The form could not be read",
			Words: "It was too long, or arrived broken. Nothing was done: go back and send it again."}
	}
	return nil
}
