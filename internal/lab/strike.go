package lab

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
)

// errStruck ends an operation that a fault keeps from its commit. What the peer
// gets in place of a reply is the wrapper's.
var errStruck = errors.New("a fault of the lab struck before the commit")

// Strike sees each decision before it is committed. Its error takes the
// decision's place; it is a refusal where the fault is a status.
func (l *Lab) Strike(event audit.Event) error {
	l.Requests.Observe(event, audit.Stages{})
	fault, is := l.Faults.decided(event)
	if !is || !fault.before() {
		return nil
	}
	words := cmp.Or(fault.Words, fmt.Sprintf("The lab's fault %d struck.", fault.ID))
	switch fault.Do {
	case DoStatus:
		return provision.Struck(provision.Refusal(fault.Status), words)
	case DoFault:
		return &soap.Fault{Code: soap.CodeServer, Reason: "LabFault", String: words}
	}
	return fmt.Errorf("%w: fault %d, %s", errStruck, fault.ID, fault.Do)
}
