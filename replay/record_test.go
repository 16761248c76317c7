package replay_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/replay"
)

// recording starts throw-away servers behind a recorder.
type recording struct {
	dir string

	mu       sync.Mutex
	unmapped []string
}

func (r *recording) start(ctx context.Context, setup replay.Setup) (replay.Server, error) {
	server, err := dsappd.StartReplay(ctx, setup)
	if err != nil {
		return server, err
	}
	upstream, err := url.Parse(server.URL)
	if err != nil {
		return server, errors.Join(err, server.Close())
	}
	recorder, err := replay.NewRecorder(r.dir, setup.Now, func(u replay.Unmapped) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.unmapped = append(r.unmapped, u.What)
	})
	if err != nil {
		return server, errors.Join(err, server.Close())
	}
	proxy := httptest.NewServer(recorder.Wrap(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(upstream) }}))
	return replay.Server{URL: proxy.URL, Close: func() error {
		proxy.Close()
		return errors.Join(recorder.Close(), server.Close())
	}}, nil
}

// What is recorded while a transcript is played can be played itself, and no
// secret of it is on disk.
func TestRecordingReplays(t *testing.T) {
	files, err := filepath.Glob("../testdata/transcripts/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			transcript, err := replay.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if transcript.HasOrders() {
				return // which a recording does not see
			}
			recorded := &recording{dir: t.TempDir()}
			played := (&replay.Player{Start: recorded.start, HTTP: http.DefaultClient}).Play(t.Context(), transcript)
			if !played.Passed() {
				t.Fatalf("%s: not as expected when recorded: %+v", file, played)
			}
			playFolder(t, recorded.dir, len(recorded.unmapped))
		})
	}
}

// playFolder plays what was recorded.
func playFolder(t *testing.T, dir string, unmapped int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 && unmapped == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "Password2") {
			t.Errorf("%s holds a password", file)
		}
		transcript, err := replay.Parse(filepath.Base(file), text)
		if err != nil {
			t.Errorf("%v\n%s", err, text)
			continue
		}
		again := (&replay.Player{Start: dsappd.StartReplay}).Play(t.Context(), transcript)
		if !again.Passed() {
			t.Errorf("%+v\n%s", again, text)
		}
	}
}
