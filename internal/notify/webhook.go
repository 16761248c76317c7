package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The headers of Standard Webhooks, https://www.standardwebhooks.com.
const (
	idHeader        = "webhook-id"
	timestampHeader = "webhook-timestamp"
	signatureHeader = "webhook-signature"
)

// SecretPrefix begins a secret that both sides share, which is in base64.
const SecretPrefix = "whsec_"

// The sizes of a secret, in bytes.
const (
	leastSecret = 24
	mostSecret  = 64
)

// ErrSecret means that a text is no secret of a webhook.
var ErrSecret = errors.New("not a secret of a webhook: it is whsec_ and 24 to 64 bytes in base64")

// errGone means that a receiver wants nothing more, for good.
var errGone = errors.New("the receiver answers 410 Gone")

// ParseSecrets reads one or two secrets, each on a line. With two, messages are
// signed under both, so that a receiver can change from one to the other.
func ParseSecrets(text []byte) (secrets [][]byte, err error) {
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		encoded, is := strings.CutPrefix(line, SecretPrefix)
		secret, err := base64.StdEncoding.DecodeString(encoded)
		if !is || err != nil || len(secret) < leastSecret || len(secret) > mostSecret {
			return nil, ErrSecret
		}
		secrets = append(secrets, secret)
	}
	if len(secrets) < 1 || len(secrets) > 2 {
		return nil, ErrSecret
	}
	return secrets, nil
}

// webhook sends messages by HTTP.
type webhook struct {
	url     string
	secrets [][]byte
	client  *http.Client
	now     func() time.Time
	agent   string
}

// maxParallel is how many messages about different users are under way at once.
const maxParallel = 4

// deliver sends messages, those about one user one after the other. It returns
// those that did not arrive, in order, and why.
func (w *webhook) deliver(ctx context.Context, all []Message) (left []Message, err error) {
	sending := sending{arrived: make(map[string]bool)}
	places := make(chan struct{}, maxParallel)
	for _, group := range byWhom(all) {
		places <- struct{}{}
		if sending.failed() { // a receiver that fails is not asked any faster
			break
		}
		sending.Go(func() {
			defer func() { <-places }()
			for _, m := range group {
				if !sending.note(m, w.send(ctx, m)) {
					return
				}
			}
		})
	}
	sending.Wait()
	left = slices.DeleteFunc(slices.Clone(all), func(m Message) bool { return sending.arrived[m.ID] })
	return left, sending.err
}

// byWhom groups messages by whom they are about, and keeps their order.
func byWhom(all []Message) (groups [][]Message) {
	places := make(map[string]int)
	for _, m := range all {
		at, known := places[m.about]
		if !known {
			at = len(groups)
			places[m.about], groups = at, append(groups, nil)
		}
		groups[at] = append(groups[at], m)
	}
	return groups
}

// sending is what comes of messages that are under way at once.
type sending struct {
	sync.WaitGroup
	mu      sync.Mutex
	arrived map[string]bool // by ID
	err     error           // of the first that did not; errGone before others
}

func (s *sending) note(m Message, err error) (arrived bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.arrived[m.ID] = true
	} else if s.err == nil || errors.Is(err, errGone) {
		s.err = err
	}
	return err == nil
}

func (s *sending) failed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err != nil
}

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 64 << 10

// send sends one message. Any answer of 2xx takes it.
func (w *webhook) send(ctx context.Context, m Message) error {
	body, err := m.body()
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	timestamp := strconv.FormatInt(w.now().Unix(), 10)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", w.agent)
	request.Header.Set(idHeader, m.ID)
	request.Header.Set(timestampHeader, timestamp)
	request.Header.Set(signatureHeader, sign(w.secrets, m.ID, timestamp, body))
	response, err := w.client.Do(request)
	if err != nil {
		if failed, is := errors.AsType[*url.Error](err); is { // its URL may hold a token
			err = failed.Err
		}
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	switch {
	case response.StatusCode/100 == 2:
		return nil
	case response.StatusCode == http.StatusGone:
		return errGone
	}
	return &answerError{status: response.StatusCode, after: retryAfter(response.Header.Get("Retry-After"))}
}

// sign signs a message under each secret, as Standard Webhooks has it.
func sign(secrets [][]byte, id, timestamp string, body []byte) string {
	var all []string
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(all, " ")
}

// answerError is an answer that takes nothing.
type answerError struct {
	status int
	after  time.Duration // that the receiver asks to be spared for; 0: it does not say
}

func (e *answerError) Error() string {
	return fmt.Sprintf("the receiver answers %d %s", e.status, http.StatusText(e.status))
}

// maxRetryAfter bounds how long a receiver may ask to be spared.
const maxRetryAfter = time.Hour

func retryAfter(header string) time.Duration {
	seconds, err := strconv.Atoi(header)
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
}

func (w *webhook) close() { w.client.CloseIdleConnections() }
