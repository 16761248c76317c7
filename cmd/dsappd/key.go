package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/server/admin"
)

type keyCommand struct {
	Show   keyShowCommand   `cmd:"" help:"Show which keys there are, and how far a rotation has come."`
	Rotate keyRotateCommand `cmd:"" help:"Make a new master key and a new sealing key, and seal all secrets anew."`
}

type keyShowCommand struct {
	doorFlags
}

// Run shows the keys by their IDs.
func (c *keyShowCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags, func(door *operators.Door) (admin.KeyStatus, error) {
		return door.ShowKeys(ctx, admin.ShowKeys{})
	}, describeKeys)
}

type keyRotateCommand struct {
	doorFlags
	NewMasterKey  string `placeholder:"FILE" xor:"master" help:"Take the new master key from FILE, or from the standard input for a dash, where dsappd does not keep it itself: 32 bytes, as they are or in hex or base64."`
	KeepMasterKey bool   `xor:"master" help:"Keep the master key, and make a new sealing key alone."`
}

// Help says what a rotation does.
func (keyRotateCommand) Help() string {
	return `A server goes on serving meanwhile. A rotation that was cut off goes on with the next start, or with this command given again.

A master key that the data folder holds is replaced by a new one, and the old one is kept beside it as master.key.replaced.TIME: backups that were made before open with that one alone. Where the master key comes from elsewhere, put the new one there first, give it with --new-master-key, and restart nothing in between.`
}

// Run rotates the keys and waits until all secrets are sealed anew.
func (c *keyRotateCommand) Run(ctx context.Context, std streams) error {
	in := admin.RotateKeys{KeepMasterKey: c.KeepMasterKey}
	if c.NewMasterKey != "" {
		key, err := readNewKey(c.NewMasterKey, std.In)
		if err != nil {
			return err
		}
		in.MasterKey = key
	}
	door, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	_, err = door.RotateKeys(ctx, in)
	var status admin.KeyStatus
	if err == nil {
		status, err = c.await(ctx, std, door)
	}
	if err = errors.Join(err, door.Close()); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std.Out, status)
	}
	_, err = fmt.Fprintf(std.Out, "%s sealed anew\n%s\n", counted(status.Resealing.Secrets, "secret"), describeKeys(status))
	return err
}

// keyProgress is how often a rotation is asked how far it is.
const keyProgress = 200 * time.Millisecond

// await waits until one sealing key is left, and shows on a terminal how far it is.
func (c *keyRotateCommand) await(ctx context.Context, std streams, door *operators.Door) (admin.KeyStatus, error) {
	shown := terminal(std.Err)
	looking := time.NewTicker(keyProgress)
	defer looking.Stop()
	for {
		status, err := door.ShowKeys(ctx, admin.ShowKeys{})
		if err == nil && status.Resealing.Fault != "" {
			err = errors.New("secrets are not all sealed anew: " + status.Resealing.Fault)
		}
		if shown != nil && status.Rotating() {
			fmt.Fprintf(shown, "\r\x1b[Klooked at %d records, sealed %d secrets anew", status.Resealing.Looked, status.Resealing.Secrets)
		}
		if err != nil || !status.Rotating() {
			if shown != nil {
				fmt.Fprint(shown, "\r\x1b[K")
			}
			return status, err
		}
		select {
		case <-ctx.Done():
			return status, hint.Add(fmt.Errorf("not waited for the end: %w", context.Cause(ctx)), "the server goes on; without one, give the command again")
		case <-looking.C:
		}
	}
}

func readNewKey(name string, in io.Reader) ([]byte, error) {
	if name != "-" {
		return datafolder.ReadMasterKey(name)
	}
	text, err := io.ReadAll(io.LimitReader(in, 1<<10))
	if err != nil {
		return nil, fmt.Errorf("read the new master key: %w", err)
	}
	return datafolder.ParseMasterKey(text)
}

// describeKeys says which keys there are.
func describeKeys(status admin.KeyStatus) string {
	text := fields("master key", fmt.Sprintf("%s, from %s", status.MasterKey, status.Source))
	for i, key := range status.Sealing {
		name := "older sealing key"
		if i == len(status.Sealing)-1 {
			name = "sealing key"
		}
		made := "with the store"
		if !key.MadeAt.IsZero() {
			made = moment(key.MadeAt)
		}
		text += "\n" + fields(name, fmt.Sprintf("%s, made %s, has sealed %d secrets", key.ID, made, key.Sealed))
	}
	if status.Rotating() {
		text += fmt.Sprintf("\nsealing anew: %d records looked at, %d secrets sealed", status.Resealing.Looked, status.Resealing.Secrets)
	}
	return text
}
