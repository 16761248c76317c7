package replay

import (
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"sync"
	"time"
)

// clock stands still until it is moved on.
type clock struct {
	mutex sync.Mutex
	time  time.Time
}

func (c *clock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.time
}

func (c *clock) advance(by time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.time = c.time.Add(by)
}

// seeded is randomness that is the same for the same seed and purpose. It is
// read from many goroutines.
type seeded struct {
	mutex  sync.Mutex
	source *rand.ChaCha8
}

func newSeeded(seed, purpose string) io.Reader {
	return &seeded{source: rand.NewChaCha8(sha256.Sum256([]byte(purpose + "\x00" + seed)))}
}

func (s *seeded) Read(p []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.source.Read(p)
}
