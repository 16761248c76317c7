package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/replay"
)

type replayImportCommand struct {
	Paths  []string `arg:"" name:"path" help:"SoapUI projects, HAR files, files with requests and replies, and folders of them."`
	Out    string   `required:"" placeholder:"DIR" help:"The folder for the transcripts, one for each registration; no file there is replaced."`
	Redact bool     `help:"Take every secret out, as recording does."`
	Play   bool     `default:"true" negatable:"" help:"Play each transcript at once and say whether it passes."`
}

// Run prints a line for each transcript, and one for what could not be taken
// over.
func (c *replayImportCommand) Run(ctx context.Context, std streams) error {
	importer := &replay.Importer{Drafter: &replay.Drafter{Redact: c.Redact}}
	if err := importer.Paths(c.Paths...); err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	passed := 0
	for i := range importer.Drafter.Len() {
		transcript, unmapped := importer.Drafter.Draft(i)
		importer.Unmapped = append(importer.Unmapped, unmapped...)
		said, err := c.write(ctx, i, transcript)
		if err != nil {
			return err
		}
		if said == passes {
			passed++
		}
		fmt.Fprintf(std.Out, "%s: %s%s\n", transcript.File, transcript.Title, said)
	}
	for _, u := range importer.Unmapped {
		fmt.Fprintf(std.Err, "not taken over: %s\n", u)
	}
	return c.concluded(std, importer.Drafter.Len(), passed)
}

func (c *replayImportCommand) concluded(std streams, made, passed int) error {
	if made == 0 {
		return errors.New("nothing was imported: no file holds a request and its reply")
	}
	if c.Play {
		fmt.Fprintf(std.Out, "%d of %d pass as they are\n", passed, made)
	}
	_, err := fmt.Fprintf(std.Out, "play them with: dsappd replay run %s\n", dsappd.ShellWord(c.Out))
	return err
}

// passes and differs are what is said of a transcript that was played.
const (
	passes  = " (passes)"
	differs = " (differs)"
)

// write writes a transcript, and plays it if that is wanted.
func (c *replayImportCommand) write(ctx context.Context, i int, transcript *replay.Transcript) (string, error) {
	text, err := replay.Format(transcript)
	if err != nil {
		return "", err
	}
	transcript.File = filepath.Join(c.Out, fmt.Sprintf("%03d-%s%s", i+1, slug(transcript.Title), replay.Extension))
	file, err := os.OpenFile(transcript.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s is there already: remove it, or give another folder by --out", transcript.File)
	}
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil || !c.Play {
		return "", err
	}
	again, err := replay.Parse(transcript.File, text)
	if err != nil {
		return "", err
	}
	if (&replay.Player{Start: dsappd.StartReplay}).Play(ctx, again).Passed() {
		return passes, nil
	}
	return differs, nil
}

// slug is a title as part of a file's name.
func slug(title string) string {
	first, _, _ := strings.Cut(title, ",")
	words := regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(first, "-")
	return strings.Trim(words[:min(len(words), 60)], "-")
}
