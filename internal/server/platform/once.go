package platform

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

const (
	// idempotencyKey is the header that makes a POST repeatable
	// (draft-ietf-httpapi-idempotency-key-header).
	idempotencyKey = "Idempotency-Key"
	// replayed marks an answer that was given before.
	replayed = "Idempotency-Replayed"

	// keptFor is how long an answer is kept.
	keptFor = 24 * time.Hour
)

// keptAnswer is an answer as it is kept.
type keptAnswer struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

// repeatable makes the operation of this request run once for its
// Idempotency-Key. Where it has run, it makes the answer that was given, and
// reports so.
func (c *call) repeatable() (given bool, err error) {
	key := c.HTTP.Header.Get(idempotencyKey)
	if key == "" || c.HTTP.Method != http.MethodPost {
		return false, nil
	}
	if len(key) > 255 || strings.ContainsFunc(key, unwritable) {
		return false, &fault{status: http.StatusBadRequest, message: "The Idempotency-Key has not its form: send 1 to 255 characters."}
	}
	body, err := c.readBody()
	if err != nil {
		return false, err
	}
	request := digest("request", c.HTTP.URL.EscapedPath(), string(body))
	c.once = &provision.Once{Name: hex.EncodeToString(digest("name", c.who, key)), Request: request, Lifetime: keptFor}
	c.once.Encode = func(result any, refusal *provision.Error) ([]byte, error) { return c.keep(key, result, refusal) }
	return c.replay(key)
}

// digest returns SHA-256 of texts with their lengths.
func digest(texts ...string) []byte {
	h := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(h, "%d:%s", len(text), text)
	}
	return h.Sum(nil)
}

// replay makes the answer that was given to the request, if it is kept. The same
// key with another request is refused.
func (c *call) replay(key string) (given bool, err error) {
	kept, found, err := c.door.Service.FindReply(c.HTTP.Context(), c.once.Name)
	if err != nil || !found {
		return false, err
	}
	if !bytes.Equal(kept.Request, c.once.Request) {
		return false, &fault{status: http.StatusUnprocessableEntity, message: "The Idempotency-Key was used with another request: draw a new one for each."}
	}
	aead, err := sealing(key, c.once.Name)
	if err != nil {
		return false, err
	}
	size := aead.NonceSize()
	if len(kept.Sealed) < size {
		return false, errors.New("a kept answer is too short")
	}
	text, err := aead.Open(nil, kept.Sealed[:size], kept.Sealed[size:], nil)
	if err != nil {
		return false, fmt.Errorf("open a kept answer: %w", err)
	}
	var answer keptAnswer
	if err := json.Unmarshal(text, &answer); err != nil {
		return false, fmt.Errorf("read a kept answer: %w", err)
	}
	c.writer.Header().Set(replayed, "true")
	c.Note(slog.Bool("replayed", true))
	c.status, c.media, c.body = answer.Status, jsonType, append(answer.Body, '\n')
	return true, nil
}

// keep seals the answer of a decision under a key that the header makes.
func (c *call) keep(key string, result any, refusal *provision.Error) ([]byte, error) {
	answer := keptAnswer{Status: http.StatusOK}
	var shown any
	var err error
	if refusal != nil {
		answer.Status, shown = c.problem(c.refine(refusal))
	} else if shown, err = c.show(result); err != nil {
		return nil, err
	}
	if shown == nil {
		shown = struct{}{}
	}
	if answer.Body, err = json.Marshal(shown); err != nil {
		return nil, err
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	aead, err := sealing(key, c.once.Name)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(c.door.Service.Rand, nonce); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, text, nil), nil
}

// sealing returns AES-256-GCM under a key of the header's.
func sealing(key, name string) (cipher.AEAD, error) {
	secret, err := hkdf.Key(sha256.New, []byte(key), []byte(name), "dsappd/1 idempotency", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// decide asks the domain, and shows what it decided. Where the request is
// repeatable, the domain keeps what is shown.
func decide[R any](c *call, ask func() (R, error), show func(R) (any, error)) (any, error) {
	c.show = func(result any) (any, error) { return show(result.(R)) }
	result, err := ask()
	if errors.Is(err, provision.ErrReplayed) {
		// Another request with the same key was faster.
		given, err := c.replay(c.HTTP.Header.Get(idempotencyKey))
		if err == nil && !given {
			err = provision.ErrContended
		}
		return replayedAnswer{}, err
	}
	if err != nil {
		return nil, c.refine(err)
	}
	return show(result)
}

// replayedAnswer says that the answer is made already.
type replayedAnswer struct{}
