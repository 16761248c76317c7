package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/server/admin"
)

type userImportCommand struct {
	doorFlags
	File string `arg:"" placeholder:"FILE" help:"A JSON object a line, - for stdin: userID, passwordHash and, where wanted, domain and orgUnit."`
}

// importedUser is one line.
type importedUser struct {
	UserID       string `json:"userID"`
	Domain       string `json:"domain"`
	OrgUnit      string `json:"orgUnit"`
	PasswordHash string `json:"passwordHash"`
}

// userImport is what came of a file.
type userImport struct {
	Imported int          `json:"imported"`
	Failed   []failedLine `json:"failed"`
}

type failedLine struct {
	Line  int    `json:"line"`
	Error string `json:"error"`
}

// maxImportLine is in bytes.
const maxImportLine = 64 << 10

func (c *userImportCommand) Run(ctx context.Context, std streams) error {
	in := std.In
	if c.File != stdin {
		file, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	}
	door, err := c.doorFlags.open(ctx, std)
	if err != nil {
		return err
	}
	result, err := importUsers(ctx, door, in)
	err = errors.Join(err, door.Close())
	return errors.Join(c.print(std, result), err)
}

func (c *userImportCommand) print(std streams, result userImport) error {
	var err error
	if c.JSON {
		err = printJSON(std.Out, result)
	} else {
		for _, f := range result.Failed {
			fmt.Fprintf(std.Err, "line %d: %s\n", f.Line, f.Error)
		}
		_, err = fmt.Fprintf(std.Out, "imported %s\n", counted(result.Imported, "user"))
	}
	if err == nil && len(result.Failed) > 0 {
		return fmt.Errorf("not imported: %s: mend and import again", counted(len(result.Failed), "line"))
	}
	return err
}

// importUsers adds a user a line, and goes on after a line that is refused.
// What is no refusal, such as a server that went away, ends it.
func importUsers(ctx context.Context, door *dsappd.Door, in io.Reader) (userImport, error) {
	result := userImport{Failed: []failedLine{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxImportLine)
	n := 0
	for lines.Scan() {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		err := importUser(ctx, door, lines.Bytes())
		_, refused := errors.AsType[*admin.Error](err)
		switch {
		case err == nil:
			result.Imported++
		case refused || errors.Is(err, errImportLine):
			result.Failed = append(result.Failed, failedLine{Line: n, Error: err.Error()})
		default:
			return result, fmt.Errorf("line %d, and those after it were not read: %w", n, err)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return result, fmt.Errorf("line %d, and nothing after it was read: it is longer than %d KiB, which is the limit of a line", n+1, maxImportLine>>10)
	} else if err != nil {
		return result, fmt.Errorf("read line %d, and nothing after it: %w", n+1, err)
	}
	return result, nil
}

// counted is a number of things, of which one has no s.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// errImportLine quotes nothing of the line, which has a hash in it.
const errImportLine = secretError("not one JSON object with userID, passwordHash and, where wanted, domain and orgUnit")

func importUser(ctx context.Context, door *dsappd.Door, line []byte) error {
	var user importedUser
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&user) != nil || user.UserID == "" || user.PasswordHash == "" {
		return errImportLine
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errImportLine
	}
	_, err := door.AddUser(ctx, admin.AddUser{
		Domain: user.Domain, UserID: user.UserID, OrgUnit: user.OrgUnit, PasswordHash: user.PasswordHash})
	return err
}
