package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/dsappd/dsappd/replay"
)

type replayInitCommand struct {
	newFolderFlags
	Paths []string `arg:"" name:"path" help:"Transcripts, and folders of them."`
}

func (c *replayInitCommand) Run(ctx context.Context, std streams) error {
	var all []*replay.Transcript
	err := replay.EachFile(c.Paths, func(name string) error {
		t, err := replay.ReadFile(name)
		all = append(all, t)
		return err
	})
	if err != nil {
		return broken(err)
	}
	sample, err := replay.Merge(all)
	if err != nil {
		return broken(err)
	}
	if err := datafolder.Init(ctx, c.Dir, datafolder.InitOptions{Replay: sample}); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std.Out, madeFolder{Dir: c.Dir})
	}
	_, err = io.WriteString(std.Out, c.saidMade())
	return err
}

// broken makes of a broken transcript an end of the program by its exit code.
func broken(err error) error {
	if _, ok := errors.AsType[*replay.BrokenError](err); ok {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	return err
}
