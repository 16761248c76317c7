package drafting

import (
	"runtime"

	"golang.org/x/sync/errgroup"
)

// inTurn does work on all that produce emits, several at once, and hands the
// results to take one by one, in the order in which produce emitted. The error is
// that of produce.
func inTurn[T, R any](produce func(emit func(T)) error, work func(T) R, take func(R)) error {
	parallel := runtime.GOMAXPROCS(0)
	queue := make(chan chan R, 4*parallel)
	var working errgroup.Group
	working.SetLimit(parallel)
	var err error
	go func() {
		defer close(queue)
		err = produce(func(each T) {
			ready := make(chan R, 1)
			queue <- ready
			working.Go(func() error {
				ready <- work(each)
				return nil
			})
		})
	}()
	for ready := range queue {
		take(<-ready)
	}
	return err
}
