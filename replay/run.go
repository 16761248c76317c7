package replay

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/dsappd/dsappd/replay/transcript"

	"golang.org/x/sync/errgroup"
)

// Run plays the transcripts of files and folders.
type Run struct {
	Player   *Player
	Parallel int  // transcripts at once; 0 is 1
	Repeat   int  // how often each; 0 is 1
	Update   bool // write what came where an expectation failed

	// Report is told each result, in the order of the paths and never two at
	// once. Its error ends the run.
	Report func(Result) error
}

// Summary counts the results of a run.
type Summary struct {
	Transcripts int `json:"transcripts"` // each as often as it was played
	Exchanges   int `json:"exchanges"`
	Passed      int `json:"passed"` // these four are of transcripts
	Failed      int `json:"failed"`
	Skipped     int `json:"skipped"`
	Broken      int `json:"broken"`
	Updated     int `json:"updated,omitempty"`
	Unwritten   int `json:"unwritten,omitempty"` // exchanges of which nothing is expected
}

func (s *Summary) count(r Result) {
	s.Transcripts++
	s.Exchanges += len(r.Exchanges)
	if r.Updated == "" { // else what came is written down now
		s.Unwritten += r.Unwritten()
	}
	switch {
	case r.Broken != "":
		s.Broken++
	case r.Skipped != "":
		s.Skipped++
	case r.Passed():
		s.Passed++
	default:
		s.Failed++
	}
	if r.Updated != "" {
		s.Updated++
	}
}

// Paths plays the files, and the transcripts in the folders. It holds no more
// than a few of them at a time. The error says that a path or the report
// failed; differences and broken transcripts are in the summary.
func (r *Run) Paths(ctx context.Context, paths []string) (Summary, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// Each file has its turn in the queue, where its results come out in
	// order, whichever is ready first.
	queue := make(chan chan Result, max(1, r.Parallel))
	var working errgroup.Group
	working.SetLimit(max(1, r.Parallel))
	walked := make(chan error, 1)
	go func() {
		defer close(queue)
		walked <- EachFile(paths, func(name string) error {
			results := make(chan Result, max(1, r.Repeat))
			select {
			case queue <- results:
			case <-ctx.Done():
				return ctx.Err()
			}
			working.Go(func() error { defer close(results); r.file(ctx, name, results); return nil })
			return nil
		})
	}()
	summary, err := r.report(queue)
	if err != nil {
		cancel()
	}
	for results := range queue { // of a run that was given up
		for range results {
		}
	}
	return summary, errors.Join(err, <-walked, working.Wait(), context.Cause(ctx))
}

func (r *Run) report(queue <-chan chan Result) (Summary, error) {
	var summary Summary
	for results := range queue {
		for result := range results {
			summary.count(result)
			if err := r.Report(result); err != nil {
				return summary, fmt.Errorf("report: %w", err)
			}
		}
	}
	return summary, nil
}

// file plays a transcript as often as asked for.
func (r *Run) file(ctx context.Context, name string, results chan<- Result) {
	t, err := ReadFile(name)
	if err != nil {
		results <- Result{File: name, Broken: err.Error()}
		return
	}
	for range max(1, r.Repeat) {
		if ctx.Err() != nil {
			return
		}
		result := r.Player.Play(ctx, t)
		if r.Update && (!result.Passed() || result.Unwritten() > 0) && result.Broken == "" {
			t, result.Updated, err = update(t, result)
		}
		if err != nil {
			result.Failed = strings.TrimPrefix(result.Failed+"; "+err.Error(), "; ")
		}
		results <- result
		if err != nil {
			return
		}
	}
}

// EachFile visits the files among paths, and the transcripts in the folders
// in the order of their names.
func EachFile(paths []string, visit func(name string) error) error {
	for _, path := range paths {
		found := 0
		err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() || name != path && !strings.HasSuffix(name, transcript.Extension) {
				return nil
			}
			found++
			return visit(name)
		})
		if err != nil {
			return err
		}
		if found == 0 {
			return fmt.Errorf("%s holds no transcript: their names end in %s", path, transcript.Extension)
		}
	}
	return nil
}
