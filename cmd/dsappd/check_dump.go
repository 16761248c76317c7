package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// dump prints every record of a folder that no server serves, each as a line of
// JSON. Secrets are sealed in it, as they are in the store, and of a password's
// hash there is the name alone.
func (c *checkCommand) dump(ctx context.Context, std streams) (err error) {
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	folder, err := datafolder.Open(ctx, c.Dir, datafolder.Source{Logger: log}.WithDefaults())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	faults, err := dumpRecords(ctx, std.Out, folder.Records)
	if err == nil && faults > 0 {
		err = fmt.Errorf("%w: %d records of %s cannot be read", datafolder.ErrDamagedStore, faults, c.Dir)
	}
	return err
}

func dumpRecords(ctx context.Context, w io.Writer, records *store.Store) (faults int, err error) {
	for d, err := range records.Dump(ctx, provision.Kinds()...) {
		if err != nil {
			return faults, err
		}
		if d.Fault != "" {
			faults++
		}
		if d.Kind == provision.Users.Name {
			if d.Record, err = withoutHash(d.Record); err != nil {
				return faults, err
			}
		}
		line, err := json.Marshal(d)
		if err != nil {
			return faults, fmt.Errorf("dump a record: %w", err)
		}
		if _, err := fmt.Fprintf(w, "%s\n", line); err != nil {
			return faults, err
		}
	}
	return faults, nil
}

// withoutHash leaves of a password's hash what names the function.
func withoutHash(user json.RawMessage) (json.RawMessage, error) {
	if len(user) == 0 {
		return user, nil
	}
	var members struct{ PasswordHash string }
	if err := json.Unmarshal(user, &members); err != nil {
		return nil, fmt.Errorf("dump a user: %w", err)
	}
	if members.PasswordHash == "" {
		return user, nil
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(members.PasswordHash, "$"), "$")
	hash, err := json.Marshal(members.PasswordHash)
	if err != nil {
		return nil, fmt.Errorf("dump a user: %w", err)
	}
	return json.RawMessage(strings.Replace(string(user), string(hash), `"$`+name+`$..."`, 1)), nil
}
