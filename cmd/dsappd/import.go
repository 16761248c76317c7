package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dsappd/dsappd/internal/bulk"
	"github.com/dsappd/dsappd/oath/pskc"
)

// importFlags are those of every command that imports.
type importFlags struct {
	doorFlags
	File        string `arg:"" placeholder:"FILE" help:"Import this file, - for stdin."`
	Format      string `enum:"auto,csv,json,ldif,pskc" default:"auto" help:"Read the file as this: auto,csv,json,ldif,pskc; auto looks at how it begins."`
	Windows1252 bool   `name:"windows-1252" help:"Read CSV as Windows-1252 instead of UTF-8."`
	Identity    string `placeholder:"FILE" help:"Open a file that age has sealed with this identity file."`
	DryRun      bool   `help:"Check every row, and add nothing."`
	Continue    bool   `help:"Add the rows that are not refused. Without this flag, one refused row stops the whole import."`
	Refused     string `placeholder:"FILE" help:"Write the refused rows and the reasons into this new file, which only you can read."`
	After       int    `placeholder:"ROW" help:"Go on after this row, which an import that stopped has named."`
	Rows        int    `default:"2000" hidden:"" help:"Commit at most this many rows at a time."`
	Jobs        int    `default:"1" hidden:"" help:"Run this many commits at once."`
}

type userImportCommand struct {
	importFlags
	directoryFlags
}

// Help says what a file holds.
func (userImportCommand) Help() string {
	return `A file of CSV begins with a line of names, in any order:

    userID, domain, staticPassword, passwordHash, orgUnit, name, email, mobile,
    phone, description, disabled, serialNumber, policy, secret, type,
    algorithm, digits, movingFactor, activationType, limit

A row with a serialNumber gives that authenticator to the user; with a secret, in hex, it adds the authenticator. A row without a password adds a user for whom no static password is right.

Or each line is a JSON object, with userID and, where wanted, domain, orgUnit, name, email, mobile, phone, description, disabled, and one of staticPassword and passwordHash.

Or it is LDIF, as ldapsearch prints it: entries with a uid or sAMAccountName become users; --map takes fields from other attributes. --domain and --map are for LDIF alone.

All rows are checked before the first is added. Ctrl-C ends an import between two commits, and tells where to go on.`
}

func (c *userImportCommand) Run(ctx context.Context, std streams) error {
	mapping, err := c.mapping()
	if err != nil {
		return err
	}
	options := bulk.PSKCOptions{Domain: c.Domain, Mapping: mapping}
	return c.run(ctx, std, func(from io.Reader) (bulk.Source, error) { return c.source(from, bulk.Users, options, std) })
}

type authenticatorImportCommand struct {
	importFlags
	Domain       string `placeholder:"DOMAIN" help:"Put the authenticators of a PSKC file into this domain; master if not given."`
	KeyFile      string `placeholder:"FILE" xor:"pskc" help:"Read the shared key of a PSKC file from the one line of FILE, in hex."`
	PasswordFile string `placeholder:"FILE" xor:"pskc" help:"Read the password of a PSKC file from the one line of FILE."`
	WithoutMAC   bool   `name:"without-mac" help:"Take encrypted keys of a PSKC file without a MAC. Nobody can tell whether they were changed."`
	SerialPrefix string `placeholder:"ABC" help:"Put this before serial numbers of up to seven digits in a PSKC file, and pad them with zeros."`
	Assign       bool   `help:"Give each key of a PSKC file that names a user to that user."`
}

// Help says what a file holds.
func (authenticatorImportCommand) Help() string {
	return `The file is a PSKC container (RFC 6030), as makers of authenticators hand it over: plain, encrypted under a shared key, or under a password.

Or it is CSV, with a line of names:

    serialNumber, secret, type, algorithm, digits, movingFactor,
    activationType, limit, domain, userID, policy

A row with a secret, in hex, adds an authenticator. One with a userID assigns it to that user.

All rows are checked before the first is added. Ctrl-C ends an import between two commits, and tells where to go on.`
}

func (c *authenticatorImportCommand) Run(ctx context.Context, std streams) error {
	options := bulk.PSKCOptions{Domain: c.Domain, SerialPrefix: c.SerialPrefix, Assign: c.Assign, Now: time.Now()}
	options.WithoutMAC = c.WithoutMAC
	if err := c.readKey(std, &options.Options); err != nil {
		return err
	}
	return c.run(ctx, std, func(from io.Reader) (bulk.Source, error) { return c.source(from, bulk.Authenticators, options, std) })
}

// readKey reads what opens the file.
func (c *authenticatorImportCommand) readKey(std streams, options *pskc.Options) (err error) {
	switch {
	case c.PasswordFile != "":
		options.Password, err = readLine(std, c.PasswordFile)
	case c.KeyFile != "":
		var line string
		if line, err = readLine(std, c.KeyFile); err != nil {
			return err
		}
		if options.Key, err = hex.DecodeString(strings.TrimSpace(line)); err != nil {
			return secretError("the shared key is not hex") // the library's words quote it
		}
	}
	return err
}

// source reads a file as what it is.
func (f importFlags) source(from io.Reader, kind bulk.Kind, options bulk.PSKCOptions, std streams) (bulk.Source, error) {
	plain, err := f.opened(bufio.NewReaderSize(from, 64<<10))
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(plain, 64<<10)
	format := f.Format
	if format == "auto" {
		format = formatOf(in)
	}
	switch {
	case format == "pskc" && kind == bulk.Users:
		return nil, fmt.Errorf("%w: it is a PSKC file, which holds authenticators: import it with dsappd authenticator import", bulk.ErrFile)
	case format == "pskc":
		return bulk.PSKC(in, options, func(notice string) { fmt.Fprintln(std.Err, notice) }), nil
	case format == "ldif" && kind == bulk.Authenticators:
		return nil, fmt.Errorf("%w: it is LDIF, which users are imported from: give CSV or PSKC", bulk.ErrFile)
	case format == "ldif":
		return bulk.LDIF(in, options.Mapping, options.Domain), nil
	case format == "json" && kind == bulk.Authenticators:
		return nil, fmt.Errorf("%w: it holds JSON, which users are imported from: give CSV or PSKC", bulk.ErrFile)
	case format == "json":
		return bulk.JSONLines(in), nil
	}
	return bulk.CSV(in, kind, f.Windows1252)
}

// formatOf tells a file by how it begins.
func formatOf(in *bufio.Reader) string {
	begin, _ := in.Peek(512)
	begin = bytes.TrimLeft(bytes.TrimPrefix(begin, []byte("\ufeff")), " \t\r\n")
	switch {
	case bytes.HasPrefix(begin, []byte("<")):
		return "pskc"
	case bytes.HasPrefix(begin, []byte("dn:")), bytes.HasPrefix(begin, []byte("version: ")), bytes.HasPrefix(begin, []byte("# extended LDIF")):
		return "ldif"
	case bytes.HasPrefix(begin, []byte("{")), len(begin) == 0:
		return "json"
	}
	return "csv"
}

// run imports the file and prints what came of it.
func (f importFlags) run(ctx context.Context, std streams, read func(io.Reader) (bulk.Source, error)) error {
	progress := &bulkProgress{out: terminal(std.Err), began: time.Now()}
	refused, err := f.createRefused()
	if err != nil {
		return err
	}
	door, err := f.doorFlags.open(ctx, std)
	if err != nil {
		return errors.Join(err, refused.close())
	}
	options := bulk.Options{Name: filepath.Base(f.File), DryRun: f.DryRun, Continue: f.Continue, After: f.After, Rows: f.Rows, Jobs: f.Jobs, Progress: progress.at}
	if refused.file != nil {
		options.Refused = refused.file
	}
	result, err := bulk.Run(ctx, door, f.opening(ctx, std, progress, read), options)
	progress.clear()
	f.tell(std, result, err)
	err = errors.Join(err, door.Close(), refused.close())
	return errors.Join(f.print(std, result), err)
}

// opening opens the file, as often as it is to be read.
func (f importFlags) opening(ctx context.Context, std streams, progress *bulkProgress, read func(io.Reader) (bulk.Source, error)) func() (bulk.Source, error) {
	if f.File == stdin {
		return bulk.Once(func() (bulk.Source, error) { return read(&endingReader{ctx, std.In}) })
	}
	return func() (bulk.Source, error) {
		file, err := os.Open(f.File) // the end of the process closes it
		if err != nil {
			return nil, err
		}
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		progress.size, progress.began = info.Size(), time.Now()
		progress.read.Store(0)
		return read(io.TeeReader(file, &progress.read))
	}
}

// endingReader ends with a context, also where nothing more comes.
type endingReader struct {
	ctx  context.Context
	from io.Reader
}

func (r *endingReader) Read(p []byte) (int, error) {
	type came struct {
		n   int
		err error
	}
	buffer, done := make([]byte, len(p)), make(chan came, 1)
	go func() {
		n, err := r.from.Read(buffer)
		done <- came{n, err}
	}()
	select {
	case c := <-done:
		return copy(p, buffer[:c.n]), c.err
	case <-r.ctx.Done():
		return 0, context.Cause(r.ctx)
	}
}

// tell says on stderr which rows were refused, and where an import goes on that
// was stopped.
func (f importFlags) tell(std streams, result bulk.Result, err error) {
	for _, refused := range result.Refusals {
		fmt.Fprintf(std.Err, "row %d: %s\n", refused.Row, withoutControls(refused.Error))
	}
	if more := result.Refused - len(result.Refusals); more > 0 {
		fmt.Fprintf(std.Err, "and %s more\n", counted(more, "row"))
	}
	added := result.Users + result.Authenticators + result.Assignments
	switch {
	case err == nil, result.DryRun, errors.Is(err, bulk.ErrRefused) && f.Continue:
	case added > 0:
		fmt.Fprintf(std.Err, "stopped after row %d; go on with --after %d\n", result.Last, result.Last)
	default:
		fmt.Fprintln(std.Err, "nothing was added")
	}
}

func (f importFlags) print(std streams, result bulk.Result) error {
	if f.JSON {
		return printJSON(std.Out, result)
	}
	verb := "added"
	if f.DryRun {
		verb = "would add"
	}
	_, err := fmt.Fprintf(std.Out, "%s %s, %s and %s; %s refused\n", verb, counted(result.Users, "user"),
		counted(result.Authenticators, "authenticator"), counted(result.Assignments, "assignment"), counted(result.Refused, "row"))
	return err
}

// refusedFile is the file of refused rows, if one is wanted.
type refusedFile struct{ file *os.File }

func (f importFlags) createRefused() (refusedFile, error) {
	if f.Refused == "" {
		return refusedFile{}, nil
	}
	file, err := os.OpenFile(f.Refused, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // rows hold passwords
	return refusedFile{file}, err
}

// close closes the file, and removes it where nothing was refused.
func (r refusedFile) close() error {
	if r.file == nil {
		return nil
	}
	info, err := r.file.Stat()
	err = errors.Join(err, r.file.Close())
	if err == nil && info.Size() == 0 {
		err = os.Remove(r.file.Name())
	}
	return err
}

// bulkProgress shows on a terminal, in one line, how far an import is.
type bulkProgress struct {
	out   io.Writer // nil: nothing is shown
	size  int64     // of the file, in bytes; 0: it is not known
	read  byteCount // of it
	began time.Time // the pass
	last  time.Time
}

// byteCount counts what is written to it.
type byteCount struct{ atomic.Int64 }

func (b *byteCount) Write(p []byte) (int, error) {
	b.Add(int64(len(p)))
	return len(p), nil
}

func (p *bulkProgress) at(result bulk.Result) {
	if p.out == nil || time.Since(p.last) < 200*time.Millisecond {
		return
	}
	p.last = time.Now()
	took := time.Since(p.began)
	what := "added"
	if result.Checking || result.DryRun {
		what = "checked"
	}
	line := fmt.Sprintf("%s %d rows, %.0f a second; %d refused", what, result.Rows, float64(result.Rows)/took.Seconds(), result.Refused)
	if read := p.read.Load(); p.size > 0 && read > 0 {
		share := min(1, float64(read)/float64(p.size))
		line += fmt.Sprintf("; %.0f %%, %v to go", 100*share, time.Duration(float64(took)*(1-share)/share).Round(time.Second))
	}
	fmt.Fprint(p.out, "\r\x1b[K"+line)
}

// clear takes the line away.
func (p *bulkProgress) clear() {
	if !p.last.IsZero() {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// counted writes a number of things, without the s for one.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
