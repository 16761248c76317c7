//go:build clients && !race

package systemtest_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dsappd/dsappd/replay"
)

// TestTranscriptsOverHTTP plays the book of the protocol with the program as it
// is built: against dsappd serve in processes of their own, one for each way
// to serve, with a data folder made from all the transcripts, at the time of
// day. Those that move the clock or ask another door are played against the
// throw-away servers of dsappd replay run. It is built with the tag clients, by make test.
func TestTranscriptsOverHTTP(t *testing.T) {
	program := buildProgram(t)
	var apart, lenient, strict []string
	err := replay.EachFile([]string{"../../testdata/transcripts"}, func(name string) error {
		transcript, err := replay.ReadFile(name)
		switch {
		case err != nil:
			return err
		case transcript.MovesClock():
			apart = append(apart, name)
		case transcript.Strict:
			strict = append(strict, name)
		default:
			lenient = append(lenient, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("apart", func(t *testing.T) {
		runProgram(t, program, append([]string{"replay", "run", "-j", "2"}, apart...)...)
	})
	for way, names := range map[string][]string{"lenient": lenient, "strict": strict} {
		t.Run(way, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			runProgram(t, program, append([]string{"replay", "init", "--dir", dir}, names...)...)
			urls := serveProgram(t, program, dir, way == "strict")
			flags := []string{"replay", "run", "-j", "2", "--dir", dir, "--url", urls["SOAP"], "--platform", urls["the Platform API"], "--gateway", urls["the gateway"]}
			if way == "strict" {
				flags = append(flags, "--strict")
			}
			out := runProgram(t, program, append(flags, names...)...)
			if !strings.Contains(out, fmt.Sprintf(" %d passed", len(names))) {
				t.Errorf("they were not all played: %s", out)
			}
		})
	}
}

func runProgram(t *testing.T, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("dsappd %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// serveProgram serves a data folder until the test ends, and returns the URLs by
// what they are of.
func serveProgram(t *testing.T, program, dir string, strict bool) map[string]string {
	t.Helper()
	args := []string{"serve", "--dir", dir, "--addr", "127.0.0.1:0"}
	if strict {
		args = append(args, "--strict")
	}
	serve := exec.Command(program, args...)
	var log bytes.Buffer
	serve.Stderr = &log
	stdout, err := serve.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = serve.Process.Signal(syscall.SIGTERM)
		if err := serve.Wait(); err != nil {
			t.Errorf("dsappd serve: %v\n%s", err, &log)
		}
	})
	lines, urls := bufio.NewReader(stdout), map[string]string{}
	for urls["the Platform API"] == "" { // the last that is served
		line, err := lines.ReadString('\n')
		words, is := strings.CutPrefix(strings.TrimSpace(line), "dsappd serves ")
		door, url, found := strings.Cut(words, " at ")
		if err != nil || !is || !found {
			t.Fatalf("no line with a URL: %q, %v\n%s", line, err, &log)
		}
		urls[door] = url
	}
	go io.Copy(io.Discard, lines) // so that no further line blocks it
	return urls
}
