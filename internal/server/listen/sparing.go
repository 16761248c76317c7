package listen

import (
	"bytes"
	"log/slog"
	"sync"
	"time"
)

// sparing passes lines on to a log, as warnings, and only some of many: a peer
// can cause one with every connection.
type sparing struct {
	log *slog.Logger

	mu      sync.Mutex
	since   time.Time // when this minute began
	lines   int       // in it
	skipped int       // in all, since the log heard of any
}

// maxLines is how many lines are passed on in a minute.
const maxLines = 20

// Write implements io.Writer.
func (s *sparing) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); now.Sub(s.since) >= time.Minute {
		s.since, s.lines = now, 0
	}
	if s.lines++; s.lines > maxLines {
		s.skipped++
		return len(line), nil
	}
	attrs := []any{}
	if s.skipped > 0 {
		attrs = append(attrs, "lines_skipped_before", s.skipped)
		s.skipped = 0
	}
	s.log.Warn(string(bytes.TrimSpace(line)), attrs...)
	return len(line), nil
}
