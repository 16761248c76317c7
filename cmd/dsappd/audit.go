package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/hint"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/server/admin"
)

type auditCommand struct {
	Tail   auditTailCommand   `cmd:"" help:"Print decisions, and with --follow those to come."`
	Verify auditVerifyCommand `cmd:"" help:"Verify the audit chain, and name what is broken."`
	Export auditExportCommand `cmd:"" help:"Write the audit as JSON lines. They can be verified without this program."`
	Prune  auditPruneCommand  `cmd:"" help:"Remove the oldest sealed ranges."`
}

type auditVerifyCommand struct {
	doorFlags
	Known []sealDigest `placeholder:"RUN/NUMBER=SHA256" help:"Insist on a seal that an earlier verification or the server's log has named."`
}

func (c *auditVerifyCommand) Run(ctx context.Context, std streams) error {
	var in admin.VerifyAudit
	for _, known := range c.Known {
		in.Known = append(in.Known, audit.SealDigest(known))
	}
	var report audit.Verification
	err := order(ctx, std, c.doorFlags, func(door *operators.Door) (audit.Verification, error) {
		var err error
		report, err = door.VerifyAudit(ctx, in)
		return report, err
	}, verification)
	if err == nil && len(report.Broken) > 0 {
		return brokenSeal(report.Broken[0])
	}
	return err
}

var errAuditBroken = errors.New("the audit is broken")

func brokenSeal(b audit.BrokenSeal) error {
	return fmt.Errorf("%w, first at seal %s: %s", errAuditBroken, b.SealKey, b.Fault)
}

func verification(v audit.Verification) string {
	var text strings.Builder
	for _, broken := range v.Broken {
		fmt.Fprintf(&text, "broken: seal %s: %s\n", broken.SealKey, broken.Fault)
	}
	fmt.Fprintf(&text, "%s, %s, %s; not sealed yet: %d", counted(v.Runs, "run"), counted(v.Seals, "seal"), counted(v.Events, "event"), v.Unsealed)
	for _, end := range v.Ends {
		fmt.Fprintf(&text, "\nlast seal: %s=%s", end.SealKey, end.Digest)
	}
	return text.String()
}

// sealDigest is a seal as it is noted elsewhere.
type sealDigest audit.SealDigest

// UnmarshalText reads RUN/NUMBER=SHA256.
func (d *sealDigest) UnmarshalText(text []byte) error {
	name, digest, _ := strings.Cut(string(text), "=")
	err := (*sealKey)(&d.SealKey).UnmarshalText([]byte(name))
	if err == nil {
		err = d.Digest.UnmarshalText([]byte(digest))
	}
	if err != nil {
		return fmt.Errorf("%q is not RUN/NUMBER=SHA256, as audit verify prints it: %w", text, err)
	}
	return nil
}

// sealKey is the name of a seal.
type sealKey audit.SealKey

// UnmarshalText reads RUN/NUMBER.
func (k *sealKey) UnmarshalText(text []byte) error {
	run, number, _ := strings.Cut(string(text), "/")
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || run == "" || n == 0 {
		return fmt.Errorf("%q is not RUN/NUMBER, as a seal is called", text)
	}
	k.Run, k.Number = run, n
	return nil
}

type auditExportCommand struct {
	doorFlags
	After sealKey `placeholder:"RUN/NUMBER" help:"Begin after this seal, the last one of an earlier export."`
}

// Run writes page after page, so that neither side holds the whole audit, nor
// waits for a slow reader.
func (c *auditExportCommand) Run(ctx context.Context, std streams) error {
	door, err := c.doorFlags.open(ctx, std)
	if err != nil {
		return err
	}
	defer door.Close()
	in := admin.ExportAudit{After: audit.Place{SealKey: audit.SealKey(c.After)}}
	for {
		page, err := door.ExportAudit(ctx, in)
		if err != nil {
			return err
		}
		for _, line := range page.Items {
			if _, err := std.Out.Write(append(line, '\n')); err != nil {
				return err
			}
		}
		if page.Next == nil {
			return nil
		}
		in.After = *page.Next
	}
}

type auditPruneCommand struct {
	doorFlags
	OlderThan age  `required:"" placeholder:"AGE" help:"Remove what was sealed longer ago than this: 90d, 12h, 30m."`
	Broken    bool `help:"Remove broken ranges too, and with them the evidence of what broke them."`
	Untaken   bool `help:"Remove events too that a webhook has not taken yet."`
}

func (c *auditPruneCommand) Run(ctx context.Context, std streams) error {
	in := audit.Limit{Before: time.Now().Add(-time.Duration(c.OlderThan)), Broken: c.Broken, Untaken: c.Untaken}
	var pruned audit.Pruned
	err := order(ctx, std, c.doorFlags, func(door *operators.Door) (audit.Pruned, error) {
		var err error
		pruned, err = door.PruneAudit(ctx, in)
		return pruned, err
	}, func(p audit.Pruned) string {
		return fmt.Sprintf("removed %s with %s", counted(p.Seals, "seal"), counted(p.Events, "event"))
	})
	if err == nil && pruned.Stopped != nil {
		return fmt.Errorf("%w: nothing from there on was removed", brokenSeal(*pruned.Stopped))
	}
	if err == nil && pruned.HeldFor != "" {
		return hint.Add(fmt.Errorf("%w: %s has not taken what is older, and it was kept", errHeld, pruned.HeldFor),
			"see dsappd webhook list; or remove it all the same with --untaken")
	}
	return err
}

// errHeld means that a removal has stopped for the sake of a webhook.
var errHeld = errors.New("a webhook holds events")

// age is a duration that may be said in days.
type age time.Duration

// UnmarshalText reads 90d, or what Go calls a duration.
func (a *age) UnmarshalText(text []byte) error {
	if days, ok := strings.CutSuffix(string(text), "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		*a = age(time.Duration(n) * 24 * time.Hour)
		if err == nil {
			return nil
		}
	}
	d, err := time.ParseDuration(string(text))
	if err != nil || d < 0 {
		return fmt.Errorf("%q is no age: give days, hours or minutes, such as 90d, 12h or 30m", text)
	}
	*a = age(d)
	return nil
}
