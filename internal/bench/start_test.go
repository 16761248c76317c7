package main

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
)

// BenchmarkStart is how long it takes from the start of the program to the answer to
// its first request, on a folder of the sample. Beside it stands a program whose
// handler is empty.
func BenchmarkStart(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "data")
	if err := datafolder.Init(b.Context(), dir, datafolder.InitOptions{Sample: true}); err != nil {
		b.Fatal(err)
	}
	binary, err := program()
	if err != nil {
		b.Fatal(err)
	}
	var dsappd, empty time.Duration
	for b.Loop() {
		dsappd += firstAnswer(b, func() *server {
			return start(b, exec.Command(binary, "serve", "--dir", dir, "--addr", "127.0.0.1:0"))
		})
		empty += firstAnswer(b, func() *server { return startEmpty(b) })
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(1000*dsappd.Seconds()/float64(b.N), "start-ms")
	b.ReportMetric(1000*empty.Seconds()/float64(b.N), "empty-start-ms")
}

// firstAnswer starts a server, has it answer a request, and ends it.
func firstAnswer(b *testing.B, start func() *server) time.Duration {
	begin := time.Now()
	s := start()
	l := dial(b, s.host, 1)
	l.send(b, [][]byte{l.request(activation("AAAAAAAA", "755224"))}, nil)
	took := time.Since(begin)
	s.end()
	return took
}
