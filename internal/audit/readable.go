package audit

import (
	"errors"
	"iter"
	"time"

	"github.com/dsappd/dsappd/store"
)

// readableEvents scans the events within a key after another and passes over
// what cannot be read, as far as its key says where to go on.
func readableEvents(v *store.View, within, after EventKey, unreadable func(*store.UnreadableError)) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for more := true; more; {
			more = false
			for event, err := range store.Scan(v, Events, within, after) {
				if fault, ok := errors.AsType[*store.UnreadableError](err); ok {
					unreadable(fault)
					if key, known := keyOf(fault); known && key.after(after) {
						after, more = key, true
					}
					break
				}
				if !yield(event, err) || err != nil {
					return
				}
				after = event.EventKey
			}
		}
	}
}

// keyOf returns the key of an event that cannot be read.
func keyOf(fault *store.UnreadableError) (key EventKey, known bool) {
	if len(fault.Key) != 3 {
		return EventKey{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, fault.Key[1])
	return EventKey{Run: fault.Key[0], Time: at.UTC(), Random: fault.Key[2]}, err == nil
}
