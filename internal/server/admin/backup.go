package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/request"
)

// storeSum is the trailer with the SHA-256 of a store that was copied, in hex:
// what comes without it is not whole.
const storeSum = "Dsappd-SHA256"

// stallTimeout is how long a client may let a copy wait. While it is copied, the
// store gives no space free.
const stallTimeout = 30 * time.Second

// backup answers with the store as one moment has it, while it is served. The
// audit notes who asked.
func (d *Door) backup(frame *request.Frame, w http.ResponseWriter, r *http.Request) {
	q, err := frame.Begin(w, r)
	operator := provision.Operator{Name: r.Header.Get(operatorHeader), RequestID: q.ID}
	begun := false
	if err == nil {
		err = q.Do(func() error {
			if err := decode(w, r, operator, maxBody, &struct{}{}); err != nil {
				return err
			}
			atLeisure(w)
			if err := d.Service.NoteBackup(r.Context(), operator); err != nil {
				return err
			}
			sum := sha256.New()
			err := d.Copy(func(size int64) (io.Writer, error) {
				begun = true
				w.Header().Set("Content-Type", "application/octet-stream")
				w.Header().Set("Trailer", storeSum)
				w.Header().Set("Dsappd-Size", strconv.FormatInt(size, 10))
				return io.MultiWriter(&stallingWriter{w, http.NewResponseController(w)}, sum), nil
			})
			if err == nil {
				w.Header().Set(storeSum, hex.EncodeToString(sum.Sum(nil)))
			}
			return err
		})
	}
	if !begun {
		d.answer(w, struct{}{}, err)
	}
	d.log(q, operator, err)
}

// stallingWriter gives a client so long for each piece.
type stallingWriter struct {
	w          io.Writer
	controller *http.ResponseController
}

func (s *stallingWriter) Write(p []byte) (int, error) {
	_ = s.controller.SetWriteDeadline(time.Now().Add(stallTimeout))
	return s.w.Write(p)
}

// ErrCutOff means that a copy of the store did not come whole.
var ErrCutOff = errors.New("the copy of the store was cut off")

// CopyStore calls begin with the size of the store, in bytes, and copies the
// store to what that returns. The error wraps ErrCutOff where less came.
func (c *Client) CopyStore(ctx context.Context, begin func(size int64) (io.Writer, error)) error {
	response, err := c.send(ctx, "backup", struct{}{})
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return read(response, nil)
	}
	size, err := strconv.ParseInt(response.Header.Get("Dsappd-Size"), 10, 64)
	if err != nil {
		return fmt.Errorf("the server answered without the size of the store: is it of another version than this command?")
	}
	to, err := begin(size)
	if err != nil {
		return err
	}
	sum := sha256.New()
	copied, err := io.Copy(io.MultiWriter(to, sum), response.Body)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrCutOff, err)
	case copied != size || response.Trailer.Get(storeSum) != hex.EncodeToString(sum.Sum(nil)):
		return ErrCutOff
	}
	return nil
}
