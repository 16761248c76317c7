package store_test

import (
	"context"
	"fmt"
	"log"

	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

type note struct {
	store.Revised
	Title, Text string
}

var notes = store.Kind[string, note]{
	Name:      "note",
	PartNames: []string{"Title"},
	Split:     store.OnePart,
	KeyOf:     func(n note) string { return n.Title },
	Fields: func(n *note, f *store.Fields) {
		store.Text(f, 1, &n.Title)
		store.Text(f, 2, &n.Text)
	},
}

// A record is read in one snapshot and written in another transaction, unless it
// has moved in between.
func Example() {
	ctx := context.Background()
	records := store.New(&memory.Engine{}, []byte("a key that authenticates records"))
	defer records.Close()
	err := records.Update(ctx, func(tx *store.Tx) error {
		return store.Put(tx, notes, note{Title: "first", Text: "hello"})
	})
	if err != nil {
		log.Fatal(err)
	}
	var seen note
	err = records.View(ctx, func(v *store.View) (err error) {
		seen, err = store.Get(v, notes, "first")
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	change := func() error {
		return records.Update(ctx, func(tx *store.Tx) error {
			if err := store.Expect(tx, notes, "first", seen.Revision); err != nil {
				return err
			}
			return store.Put(tx, notes, note{Title: "first", Text: seen.Text + " again"})
		})
	}
	fmt.Println(change())
	fmt.Println(change())
	// Output:
	// <nil>
	// a record has moved since it was read
}
