package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// maxImportLine is in bytes.
const maxImportLine = 64 << 10

// importedUser is one line.
type importedUser provision.AddUser

// errImportLine quotes nothing of the line, which has a password or a hash in
// it.
const errImportLine = secretError("not one JSON object with userID, one of passwordHash and staticPassword and, where wanted, domain and orgUnit")

func readImportedUser(line []byte) (importedUser, error) {
	var user importedUser
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&user) != nil || user.UserID == "" || (user.PasswordHash == "") == (user.StaticPassword == "") {
		return user, errImportLine
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return user, errImportLine
	}
	return user, nil
}

// userImporter adds the users of lines, several at once.
type userImporter struct {
	door     *operators.Door
	progress *userProgress
	failure  context.CancelCauseFunc // ends the reading

	mutex  sync.Mutex
	result userImport
}

// importUsers adds a user a line, and goes on after a line that is refused.
// What is no refusal, such as a server that went away, ends it, and so does
// the end of ctx; whoever was begun with is then added or refused, as well.
func importUsers(ctx context.Context, door *operators.Door, in io.Reader, progress *userProgress) (userImport, error) {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	i := &userImporter{door: door, progress: progress, failure: end, result: userImport{Failed: []failedLine{}}}
	err := i.read(ctx, in)
	slices.SortFunc(i.result.Failed, func(a, b failedLine) int { return cmp.Compare(a.Line, b.Line) })
	return i.result, err
}

// importLine is a line to be imported.
type importLine struct {
	number int
	user   importedUser
}

// read hands the lines out to workers. Lines of one user go to one worker, so
// that the first of them wins.
func (i *userImporter) read(ctx context.Context, in io.Reader) error {
	var all sync.WaitGroup
	workers := make([]chan importLine, 2*runtime.GOMAXPROCS(0))
	for n := range workers {
		workers[n] = make(chan importLine)
		all.Go(func() { i.work(ctx, workers[n]) })
	}
	err := i.hand(ctx, in, workers)
	for _, worker := range workers {
		close(worker)
	}
	all.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (i *userImporter) hand(ctx context.Context, in io.Reader, workers []chan importLine) error {
	number := 0
	defer func() {
		i.mutex.Lock()
		defer i.mutex.Unlock()
		i.result.Lines = number
	}()
	for line := range linesOf(ctx, in) {
		if line.err != nil {
			return fmt.Errorf("line %d, and nothing after it was read: %w", number+1, line.err)
		}
		if len(bytes.TrimSpace(line.text)) == 0 {
			number++
			continue
		}
		user, err := readImportedUser(line.text)
		if err != nil {
			number++
			i.came(number, err)
			continue
		}
		select {
		case workers[user.worker(len(workers))] <- importLine{number + 1, user}:
			number++
		case <-ctx.Done():
			return nil // the cause is told
		}
	}
	return nil
}

// textLine is a line of the file, or why there is none.
type textLine struct {
	text []byte
	err  error
}

// linesOf reads lines until ctx ends, also where nothing more comes.
func linesOf(ctx context.Context, in io.Reader) iter.Seq[textLine] {
	read := make(chan textLine)
	go func() {
		defer close(read)
		lines := bufio.NewScanner(in)
		lines.Buffer(nil, maxImportLine)
		for lines.Scan() {
			select {
			case read <- textLine{text: bytes.Clone(lines.Bytes())}:
			case <-ctx.Done():
				return
			}
		}
		err := lines.Err()
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("it is longer than %d KiB, which is the limit of a line", maxImportLine>>10)
		}
		if err != nil {
			select {
			case read <- textLine{err: err}:
			case <-ctx.Done():
			}
		}
	}()
	return func(yield func(textLine) bool) {
		for {
			select {
			case line, more := <-read:
				if !more || !yield(line) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// worker is the same for all spellings of a user that are likely in one file.
func (u importedUser) worker(workers int) int {
	name, domain := u.UserID, u.Domain
	if user, at, found := strings.Cut(name, "@"); found && domain == "" {
		name, domain = user, at
	}
	hash := fnv.New32a()
	fmt.Fprintf(hash, "%s\x00%s", name, strings.ToLower(cmp.Or(domain, "master")))
	return int(hash.Sum32() % uint32(workers))
}

func (i *userImporter) work(ctx context.Context, lines <-chan importLine) {
	for line := range lines {
		i.came(line.number, i.add(ctx, line.user))
	}
}

// busyRetry is after how long a user is tried again who found the queue for
// password hashes full.
const busyRetry = 200 * time.Millisecond

// add has a user added. The order is not cut off by the end of ctx: it would
// not be known what came of it.
func (i *userImporter) add(ctx context.Context, user importedUser) error {
	for {
		_, err := i.door.AddUser(context.WithoutCancel(ctx), provision.AddUser(user))
		refusal, refused := errors.AsType[*admin.Error](err)
		if !refused || refusal.Refusal != provision.Busy {
			return err
		}
		select {
		case <-time.After(busyRetry):
		case <-ctx.Done():
			return err
		}
	}
}

// came notes what came of a line.
func (i *userImporter) came(number int, err error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	_, refused := errors.AsType[*admin.Error](err)
	switch {
	case err == nil:
		i.result.Imported++
	case refused || errors.Is(err, errImportLine):
		i.result.Failed = append(i.result.Failed, failedLine{Line: number, Error: err.Error()})
	default:
		i.result.Failed = append(i.result.Failed, failedLine{Line: number, Error: "it is not known whether the user was added"})
		i.failure(fmt.Errorf("line %d: %w", number, err))
	}
	i.progress.at(number, i.result)
}

// userProgress shows on a terminal, in one line, how far an import is.
type userProgress struct {
	out   io.Writer // nil: nothing is shown
	began time.Time
	last  time.Time
}

func (p *userProgress) at(line int, result userImport) {
	if p.out == nil || time.Since(p.last) < 200*time.Millisecond {
		return
	}
	p.last = time.Now()
	fmt.Fprintf(p.out, "\r\x1b[Kline %d: imported %s, %.0f a second; not imported: %s", line, counted(result.Imported, "user"),
		float64(result.Imported)/time.Since(p.began).Seconds(), counted(len(result.Failed), "line"))
}

// clear takes the line away.
func (p *userProgress) clear() {
	if !p.last.IsZero() {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
