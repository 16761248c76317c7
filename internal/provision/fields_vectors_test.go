package provision_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// recordVector is a record as JSON, and as it is kept.
type recordVector struct {
	Kind   string          `json:"kind"`
	Record json.RawMessage `json:"record"`
	Fields string          `json:"fields"` // hex
}

const recordVectors = "testdata/records.json"

// TestRecordVectors holds the encoding of records to a file: what was once
// written must be read for ever.
func TestRecordVectors(t *testing.T) {
	if flag.Lookup("update").Value.String() == "true" {
		writeRecordVectors(t)
	}
	text := must(os.ReadFile(filepath.FromSlash(recordVectors)))(t)
	var vectors []recordVector
	must(0, json.Unmarshal(text, &vectors))(t)
	for _, v := range vectors {
		switch v.Kind {
		case "user":
			checkVector(t, provision.Users, v)
		case "authenticator":
			checkVector(t, provision.Authenticators, v)
		case "registration":
			checkVector(t, provision.Registrations, v)
		case "audit":
			checkVector(t, audit.Events, v)
		default:
			t.Errorf("a vector of kind %q", v.Kind)
		}
	}
}

func checkVector[K, R any](t *testing.T, kind store.Kind[K, R], v recordVector) {
	t.Helper()
	fields := must(hex.DecodeString(v.Fields))(t)
	record, err := kind.Parse(fields)
	if err != nil {
		t.Fatalf("%s: %v", v.Kind, err)
	}
	var want, got bytes.Buffer
	must(0, json.Compact(&want, v.Record))(t)
	must(0, json.Compact(&got, must(json.Marshal(record))(t)))(t)
	if got.String() != want.String() {
		t.Errorf("%s: got %s, want %s", v.Kind, &got, &want)
	}
	if again := must(kind.Append(nil, record))(t); !bytes.Equal(again, fields) {
		t.Errorf("%s is written as %x, want %s", v.Kind, again, v.Fields)
	}
}

func writeRecordVectors(t *testing.T) {
	t.Helper()
	vectors := []recordVector{
		vectorOf(t, provision.Users, usualUser()), vectorOf(t, provision.Authenticators, usualAuthenticator()),
		vectorOf(t, provision.Registrations, usualRegistration()), vectorOf(t, audit.Events, usualEvent()),
		vectorOf(t, provision.Users, provision.User{}), vectorOf(t, provision.Authenticators, provision.Authenticator{Drift: -1, Licence: &provision.Licence{
			Limit: 3, Instances: []provision.Instance{{SequenceNumber: 255, State: provision.InstanceActive}, {}}}}),
	}
	text := must(json.MarshalIndent(vectors, "", " "))(t)
	must(0, os.WriteFile(filepath.FromSlash(recordVectors), append(text, '\n'), 0o600))(t)
}

func vectorOf[K, R any](t *testing.T, kind store.Kind[K, R], record R) recordVector {
	t.Helper()
	return recordVector{Kind: kind.Name, Record: must(json.Marshal(record))(t), Fields: hex.EncodeToString(must(kind.Append(nil, record))(t))}
}

// FuzzFields reads records from any bytes: what can be read is written to the
// very same bytes. No record has two encodings, and nothing is passed over.
func FuzzFields(f *testing.F) {
	for i, seed := range [][]byte{
		must(provision.Users.Append(nil, usualUser()))(f), must(provision.Authenticators.Append(nil, usualAuthenticator()))(f),
		must(provision.Registrations.Append(nil, usualRegistration()))(f), must(audit.Events.Append(nil, usualEvent()))(f),
	} {
		f.Add(uint8(i), seed)
		f.Add(uint8(i), append(seed, 0xf8, 0x07, 1)) // a field of a newer program
		f.Add(uint8(i), seed[:len(seed)-1])
	}
	f.Fuzz(func(t *testing.T, kind uint8, fields []byte) {
		switch kind % 5 {
		case 0:
			fuzzFields(t, provision.Users, fields)
		case 1:
			fuzzFields(t, provision.Authenticators, fields)
		case 2:
			fuzzFields(t, provision.Registrations, fields)
		case 3:
			fuzzFields(t, audit.Events, fields)
		case 4:
			fuzzFields(t, audit.Seals, fields)
		}
	})
}

func fuzzFields[K, R any](t *testing.T, kind store.Kind[K, R], fields []byte) {
	before := bytes.Clone(fields)
	record, err := kind.Parse(fields)
	if err != nil {
		if !errors.Is(err, store.ErrFields) && !errors.Is(err, store.ErrNewerFields) && !errors.Is(err, store.ErrTime) {
			t.Errorf("%s: %v", kind.Name, err)
		}
		return
	}
	clear(fields) // the record has a copy
	again, err := kind.Append(nil, record)
	if err != nil || !bytes.Equal(again, before) {
		t.Errorf("%s: read from %x, written as %x, %v", kind.Name, before, again, err)
	}
}
