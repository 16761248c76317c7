package dsapptest_test

import (
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapptest"
)

// A registration that nobody activates within ten minutes is over.
func TestExpiredRegistration(t *testing.T) {
	t.Parallel()
	s := dsapptest.Start(t)
	registration := s.Register("user1")
	s.Clock.Advance(11 * time.Minute)
	if found := s.Requests(dsapptest.Filter{RegistrationID: registration.ID}); len(found) != 1 || found[0].Status != "STAT_SUCCESS" {
		t.Errorf("%+v", found)
	}
	s.Activate("user1")
}
