package provision_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
)

// rotate makes new keys and seals everything anew, while others go on.
func (p *play) rotate(meanwhile func()) provision.KeyStatus {
	p.t.Helper()
	before := p.KeyStatus()
	status := must(p.RotateKeys(p.t.Context(), operator(), provision.RotateKeys{}))(p.t)
	if !status.Rotating() || status.Sealing[0].ID != before.Sealing[0].ID {
		p.t.Fatalf("after a rotation of %+v: %+v", before, status)
	}
	var going sync.WaitGroup
	going.Go(meanwhile)
	if err := p.Reseal(p.t.Context(), operator()); err != nil {
		p.t.Fatal(err)
	}
	going.Wait()
	after := p.KeyStatus()
	if after.Rotating() || after.Sealing[0].ID == before.Sealing[0].ID {
		p.t.Fatalf("after sealing anew: %+v", after)
	}
	p.soundSecrets()
	return after
}

func (p *play) noteKey() {
	p.t.Helper()
	if err := provision.NoteKey(p.t.Context(), p.Store, p.Sealer, p.Now()); err != nil {
		p.t.Fatal(err)
	}
}

func (p *play) soundSecrets() {
	p.t.Helper()
	if problems, err := provision.CheckSealed(p.t.Context(), p.Store, p.Sealer); err != nil || len(problems) > 0 {
		p.t.Errorf("secrets: %v, %v", problems, err)
	}
}

// What was begun under one key ends under the next, in every state.
func TestRotateKeysInTheMiddle(t *testing.T) {
	t.Parallel()
	p := newLicencePlay(t, 3)
	p.noteKey()
	id, message := p.firstMessage()
	p.rotate(func() {})
	code := p.deviceCode(message)
	added := must(p.addDevice(id, code.String()))(t)
	status := p.rotate(func() {
		for range 20 {
			p.firstMessage()
		}
	})
	if status.Resealing.Secrets == 0 {
		t.Error("nothing was sealed anew")
	}
	if again := must(p.addDevice(id, code.String()))(t); again != added {
		t.Errorf("the device is added again with %v, first %v", again, added)
	}
	p.rotate(func() {})
	if v := p.verify(); len(v.Broken) > 0 {
		t.Errorf("the audit: %v", v.Broken)
	}
}

// A store opens by its newest master key alone, and by a key from before
// rotations while it had none.
func TestOpenKeysAfterRotation(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.noteKey()
	first := make([]byte, 32) // labtest's
	second := bytes.Repeat([]byte{2}, 32)
	if _, err := p.RotateKeys(t.Context(), operator(), provision.RotateKeys{MasterKey: first}); err == nil {
		t.Error("the same master key again is taken")
	}
	if _, err := p.RotateKeys(t.Context(), operator(), provision.RotateKeys{MasterKey: second[:31]}); err == nil {
		t.Error("a short master key is taken")
	}
	status := must(p.RotateKeys(t.Context(), operator(), provision.RotateKeys{MasterKey: second}))(t)
	if status.MasterKey == status.Sealing[0].ID {
		t.Errorf("the master key is still %s", status.MasterKey)
	}
	p.soundSecrets()
}

// Every place where a secret is sealed is one that sealing anew goes through.
func TestResealKnowsEveryPlace(t *testing.T) {
	t.Parallel()
	place := regexp.MustCompile(`\b(?:(authenticatorPlace|registrationPlace|instancePlace)\([^"()]*"([^"]+)"\)|(replyPlace)\(\w+\.?\w*\))`)
	found := func(name string) (places []string) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range place.FindAllStringSubmatch(string(text), -1) {
			places = append(places, match[1]+match[3]+" "+match[2])
		}
		return places
	}
	known := found("secrets.go")
	if len(known) < 14 {
		t.Fatalf("secrets.go has the places %q", known)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || slices.Contains([]string{"keycheck.go", "key_rotate.go"}, name) {
			continue
		}
		for _, at := range found(name) {
			if !slices.Contains(known, at) {
				t.Errorf("%s seals at %s, which secrets.go does not have", name, at)
			}
		}
	}
}
