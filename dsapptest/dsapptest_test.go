package dsapptest_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapptest"
)

// Three lines to a whole activation, for each kind of authenticator.
func TestActivate(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"user1", "user2", "user6"} {
		s := dsapptest.Start(t)
		phone := s.Activate(user)
		if otp := phone.OTP(); len(otp) != 6 || phone.SerialNumber == "" || len(phone.Calls) < 3 {
			t.Errorf("%s: %+v, %s", user, phone, otp)
		}
	}
}

// The phone and the server stay of one mind, whatever the clock shows.
func TestPhoneFollowsTheClock(t *testing.T) {
	t.Parallel()
	s := dsapptest.Start(t, dsapptest.At(time.Date(2020, 2, 29, 12, 0, 0, 0, time.UTC)))
	phone := s.Activate("user1")
	s.Clock.Freeze()
	s.Clock.Advance(1000 * time.Hour)
	if phone, server := phone.OTP(), s.OTP("user1"); phone != server {
		t.Errorf("the phone makes %s, the server expects %s", phone, server)
	}
	s.Reset()
	if now := s.Clock.Now(); now.Year() != 2020 || now.Month() != time.February {
		t.Errorf("after a reset the clock shows %v", now)
	}
	s.Activate("user1")
}

func TestFaultsAndRequests(t *testing.T) {
	t.Parallel()
	s := dsapptest.Start(t)
	id := s.Fault(dsapptest.Fault{Do: "unavailable", Operation: "dsappSRPRegister", Nth: 1})
	response, err := s.Client.Post(s.URL, "text/xml", strings.NewReader(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:dsappSRPRegister xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">`+
		`<componentType>srp-component</componentType><user><userID>user1</userID></user><credential><staticPassword>Password2</staticPassword></credential></p:dsappSRPRegister></e:Body></e:Envelope>`))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 503 || response.Header.Get("Dsappd-Fault") != fmt.Sprintf("%d; unavailable", id) {
		t.Errorf("%v", response)
	}
	s.Activate("user1")
	found := s.Await(dsapptest.Filter{Operation: "dsappSRPRegister", Status: "STAT_SUCCESS"})
	if len(found) != 1 || found[0].User != "user1" || strings.Contains(found[0].Envelope, dsapptest.Password) || !strings.Contains(found[0].Envelope, "user1") {
		t.Errorf("%+v", found)
	}
	if got := s.Requests(dsapptest.Filter{User: "user3"}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	s.ClearFaults()
}

// Many servers beside each other take little memory.
func TestManyServers(t *testing.T) {
	const many = 20
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var starting sync.WaitGroup
	servers := make([]*dsapptest.Server, many)
	for i := range servers {
		starting.Go(func() { servers[i] = dsapptest.Start(t) })
	}
	starting.Wait()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := (after.HeapAlloc - before.HeapAlloc) / many; each > 5<<20 {
		t.Errorf("each of %d servers takes %d KiB, at most 5 MiB are allowed", many, each>>10)
	} else {
		t.Logf("each of %d servers takes %d KiB", many, each>>10)
	}
	servers[many-1].Activate("user2")
}

// BenchmarkStart measures a server from Start to its end.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		b.Run("one", func(b *testing.B) { dsapptest.Start(b) })
	}
}
