package admin

import "github.com/dsappd/dsappd/internal/provision"

// Page is a part of a list. Next is the key to ask after for the part that
// follows; without it, the list is at its end.
type Page[R, K any] struct {
	Items []R `json:"items"`
	Next  *K  `json:"next,omitempty"`
}

// page shows a page of records as operators see them.
func page[R, K, S, T any](in provision.Page[R, K], show func(R) S, key func(K) T) Page[S, T] {
	out := Page[S, T]{Items: make([]S, 0, len(in.Records))}
	for _, record := range in.Records {
		out.Items = append(out.Items, show(record))
	}
	if in.Next != nil {
		next := key(*in.Next)
		out.Next = &next
	}
	return out
}

func same[K any](key K) K { return key }
