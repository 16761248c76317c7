package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

type userImportCommand struct {
	doorFlags
	File string `arg:"" placeholder:"FILE" help:"A JSON object a line, - for stdin: userID, one of passwordHash and staticPassword and, where wanted, domain and orgUnit."`
}

// userImport is what came of a file. Lines are those that were read: nothing
// after them was imported.
type userImport struct {
	Lines    int          `json:"lines"`
	Imported int          `json:"imported"`
	Failed   []failedLine `json:"failed"`
}

type failedLine struct {
	Line  int    `json:"line"`
	Error string `json:"error"`
}

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
	progress := &userProgress{out: terminal(std.Err), began: time.Now()}
	result, err := importUsers(ctx, door, in, progress)
	progress.clear()
	if err != nil {
		fmt.Fprintf(std.Err, "stopped after line %d; none after it was imported\n", result.Lines)
	}
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

// counted is a number of things, of which one has no s.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
