package provisioning_test

import (
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
)

// meddler is a source of randomness that has somebody change the user while
// an operation that draws from it is being decided.
type meddler struct {
	io.Reader
	meddle  func()
	meddled *atomic.Bool
}

func (m meddler) Read(p []byte) (int, error) {
	if m.meddled.CompareAndSwap(false, true) {
		m.meddle()
		m.meddled.Store(false)
	}
	return m.Reader.Read(p)
}

// TestContendedOperationSaysSo holds that a peer whose records moved in every
// round hears that it may try again, and not of an internal error.
func TestContendedOperationSaysSo(t *testing.T) {
	l := newLab(t, true)
	calm := l.service.Rand
	l.service.Rand = meddler{calm, func() {
		must(l.service.EnableUser(t.Context(), provision.Operator{Name: "meddler", RequestID: "test"}, provision.NameUser{UserID: "user1"}))(t)
	}, new(atomic.Bool)}
	reply := l.ask("-1", envelope(t, "dsappsrpregister"))
	if desc := text(reply, "//errorStack/errors/errorDesc"); !strings.Contains(desc, "try again") {
		t.Errorf("errorDesc %q", desc)
	}
	if strings.Contains(l.log.String(), "level=ERROR") {
		t.Error("contention is logged as an error of the server's")
	}
	l.service.Rand = calm
	l.ask("0", envelope(t, "dsappsrpregister"))
}
