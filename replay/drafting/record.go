package drafting

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"golang.org/x/sync/semaphore"
)

// Recorder writes what an HTTP server is asked and answers into a folder, a
// transcript for each registration, without its secrets. What was said about a
// registration stays in memory while it goes on, and nothing of it is on disk
// unredacted.
type Recorder struct {
	RecorderConfig
	drafter  Drafter
	files    map[int]*recordedFile // by number of the draft
	order    []int                 // of the drafts in memory, the oldest first
	size     int                   // of their messages in bytes
	mostOpen int                   // which it may be
	began    time.Time

	closing sync.RWMutex // held to read while an exchange is put into the queue
	closed  bool
	queue   chan kept
	room    *semaphore.Weighted // bytes in the queue
	ended   chan struct{}
	err     error // of the writing, once ended is closed
}

// recordedFile is the file of a draft.
type recordedFile struct {
	name      string
	exchanges int
	size      int // of their messages in bytes
}

const (
	// openFlows is how many registrations are kept in mind; what comes later
	// for an older one begins a transcript of its own.
	openFlows = 1000
	// openBytes is the size of their messages, which take a multiple of it.
	openBytes = 32 << 20
	// longestFlow is how many exchanges a transcript has at most.
	longestFlow = 200
	// waiting is how many exchanges may wait to be written.
	waiting = 1000
	// waitingBytes is the size of what may.
	waitingBytes = 64 << 20
)

// RecorderConfig says where a recorder writes, and who hears of it.
type RecorderConfig struct {
	Dir string // is made if it is not there
	Now func() time.Time

	// Left hears, one at a time, of what cannot be recorded, and of files that
	// cannot be written.
	Left func(Notice)

	// Took, if it is not nil, hears of each exchange that was recorded, in
	// their order and one at a time.
	Took func(Taken)
}

// Taken is an exchange that was recorded.
type Taken struct {
	At        time.Time // of the request
	Operation string    // the element in its Body, or its command
	Status    string    // by its name in the reply; empty: it says none
	HTTP      int
	File      string // its drafted, in the folder
}

// NewRecorder makes the folder if it is not there.
func NewRecorder(config RecorderConfig) (*Recorder, error) {
	if err := os.MkdirAll(config.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of recordings: %w", err)
	}
	probe, err := os.CreateTemp(config.Dir, atomicfile.Temporary)
	if err != nil {
		return nil, fmt.Errorf("folder of recordings: %w", err)
	}
	if err := probe.Close(); err != nil {
		return nil, fmt.Errorf("folder of recordings: %w", err)
	}
	r := &Recorder{
		RecorderConfig: config, drafter: Drafter{Redact: true}, files: map[int]*recordedFile{}, began: config.Now(), mostOpen: openBytes,
		queue: make(chan kept, waiting), room: semaphore.NewWeighted(waitingBytes), ended: make(chan struct{}),
	}
	go r.work()
	return r, os.Remove(probe.Name())
}

// Close writes what waits and returns. What is served through Wrap later is
// not recorded.
func (r *Recorder) Close() error {
	r.closing.Lock()
	if !r.closed {
		r.closed = true
		close(r.queue)
	}
	r.closing.Unlock()
	<-r.ended
	return r.err
}

// keep puts an exchange into the queue, when there is room.
func (r *Recorder) keep(exchange kept) {
	r.closing.RLock()
	defer r.closing.RUnlock()
	if r.closed || r.room.Acquire(context.Background(), exchange.size()) != nil {
		return
	}
	r.queue <- exchange
}

func (r *Recorder) work() {
	defer close(r.ended)
	for each := range r.queue {
		r.take(each)
		r.room.Release(each.size())
	}
}

func (r *Recorder) take(each kept) {
	if each.cut {
		r.skip(each.Recorded, errTooLarge)
		return
	}
	if err := r.add(each.Recorded); err != nil {
		r.err = err
		r.Left(Notice{Kind: LeftOut, Source: Source{File: r.Dir}, Reason: err.Error()})
	}
}

// add writes the transcript of an exchange anew.
func (r *Recorder) add(recorded Recorded) error {
	i, err := r.drafter.Add(recorded)
	if err != nil {
		r.skip(recorded, err)
		return nil
	}
	file := r.files[i]
	if file == nil {
		file = &recordedFile{name: fmt.Sprintf("%s-%04d%s", r.began.UTC().Format("20060102T150405Z"), i+1, transcript.Extension)}
		r.files[i] = file
		r.order = append(r.order, i)
	}
	file.exchanges++
	file.size += recorded.size()
	r.size += recorded.size()
	drafted, _ := r.drafter.Draft(i)
	text, err := transcript.Format(drafted)
	if err != nil {
		r.skip(recorded, err)
		return nil
	}
	if file.exchanges >= longestFlow {
		r.forget(i)
	}
	for len(r.order) > openFlows || r.size > r.mostOpen {
		r.forget(r.order[0])
	}
	if err := r.write(file.name, text); err != nil {
		return err
	}
	r.took(recorded, file.name)
	return nil
}

// took tells of an exchange that was recorded.
func (r *Recorder) took(recorded Recorded, file string) {
	if r.Took == nil {
		return
	}
	e, err := readRecorded(recorded, true)
	if err != nil { // the drafter has read it
		return
	}
	r.Took(Taken{At: recorded.At, Operation: e.operation(), Status: e.reply.statusName(), HTTP: recorded.Status, File: file})
}

// skip tells that an exchange is not recorded.
func (r *Recorder) skip(recorded Recorded, why error) {
	r.Left(Notice{Kind: LeftOut, Source: Source{File: "exchange at " + recorded.At.UTC().Format(time.RFC3339)}, Reason: why.Error()})
}

// forget drops a draft whose file stays.
func (r *Recorder) forget(i int) {
	r.drafter.Forget(i)
	r.size -= r.files[i].size
	delete(r.files, i)
	for at, each := range r.order {
		if each == i {
			r.order = append(r.order[:at:at], r.order[at+1:]...)
			return
		}
	}
}

// write replaces a transcript.
func (r *Recorder) write(name string, text []byte) error {
	if err := atomicfile.Write(filepath.Join(r.Dir, name), text, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// Wrap records the requests that next answers: calls of REST, and else those that
// are POST. They are passed on as they come, and nobody waits for the disk unless a thousand, or 64 MiB, wait
// already.
func (r *Recorder) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		_, isREST := restCallOf(request.Method, request.URL.RequestURI())
		if request.Method != http.MethodPost && !isREST || request.Body == nil {
			next.ServeHTTP(w, request)
			return
		}
		at := r.Now()
		asked := &tee{body: request.Body}
		request.Body = asked
		header, target := request.Header.Clone(), ""
		if isREST {
			target = request.URL.RequestURI()
		}
		answer := &answer{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, request)
		r.keep(kept{cut: asked.cut || answer.cut, Recorded: Recorded{
			Request: RecordedMessage{Header: header, Body: asked.kept.Bytes()},
			Reply:   RecordedMessage{Header: answer.Header().Clone(), Body: answer.kept.Bytes()},
			Status:  answer.status, At: at, Method: request.Method, Target: target,
		}})
	})
}

// kept is an exchange that waits to be written; cut, that some of it was too
// large to keep.
type kept struct {
	Recorded
	cut bool
}

func (k kept) size() int64 { return int64(k.Recorded.size()) }

// size returns that of the messages in bytes.
func (r Recorded) size() int { return len(r.Request.Body) + len(r.Reply.Body) }

// tee keeps what is read of a request.
type tee struct {
	body io.ReadCloser
	kept bytes.Buffer
	cut  bool
}

func (t *tee) Read(p []byte) (int, error) {
	n, err := t.body.Read(p)
	if t.kept.Len()+n > maxMessage {
		t.cut = true
	} else {
		t.kept.Write(p[:n])
	}
	return n, err
}

func (t *tee) Close() error { return t.body.Close() }

// answer keeps what is written of a reply.
type answer struct {
	http.ResponseWriter
	status int
	kept   bytes.Buffer
	cut    bool
}

func (a *answer) WriteHeader(status int) {
	if status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.kept.Len()+len(p) > maxMessage {
		a.cut = true
	} else {
		a.kept.Write(p)
	}
	return a.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController find what the writer below can do.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
