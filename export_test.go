package dsappd

import (
	"context"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
)

// Records returns all records of a server but those of the audit, as text.
func (s *Server) Records(ctx context.Context) (string, error) {
	var text strings.Builder
	for d, err := range s.folder.Records.Dump(ctx, provision.Kinds()...) {
		if err != nil {
			return "", err
		}
		if !strings.HasPrefix(d.Kind, "audit") {
			fmt.Fprintln(&text, d.Kind, d.Key, string(d.Record), d.Fault)
		}
	}
	return text.String(), nil
}

// Sound returns what a check of the server's folder finds.
func (s *Server) Sound(ctx context.Context) (string, error) {
	problems, err := s.folder.Check(ctx)
	return fmt.Sprint(problems), err
}
