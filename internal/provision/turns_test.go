package provision_test

import (
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// Operations whose rounds find one another's registrations, as those without
// an ID may while registrations come and go, do not wait for each other.
func TestTurnsThatCross(t *testing.T) {
	p := newPlay(t)
	key := provision.UserKey{Domain: "master", UserID: "user1"}
	first, firstUser, endFirst := p.Turn()
	second, _, endSecond := p.Turn()
	first("x")
	firstUser(key)
	second("y")
	done := make(chan struct{}, 2)
	go func() { defer func() { endFirst(); done <- struct{}{} }(); first("y") }()
	go func() { defer func() { endSecond(); done <- struct{}{} }(); second("x") }()
	for range 2 {
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			t.Fatal("two operations wait for each other")
		}
	}
	third, thirdUser, endThird := p.Turn() // nothing is held any more
	third("x")
	thirdUser(key)
	endThird()
}
