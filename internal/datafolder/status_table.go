package datafolder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dsappd/dsappd/internal/provision"
)

// statusFile is a status table as a file holds it: what it leaves out, rows or
// members of them, is that of the published statuses.
type statusFile struct {
	Status map[string]statusRow `toml:"status"`
}

type statusRow struct {
	ReturnCode     *int    `toml:"return_code"`
	ReturnCodeEnum *string `toml:"return_code_enum"`
	StatusCode     *int    `toml:"status_code"`
	StatusCodeEnum *string `toml:"status_code_enum"`
}

// ReadStatusTable reads a file of statuses. The error wraps ErrSettings and
// names every fault.
func ReadStatusTable(name string) (provision.StatusTable, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%w: status table: %w", ErrSettings, err)
	}
	table, err := parseStatusTable(string(text))
	if err != nil {
		return nil, fmt.Errorf("%w: status table %s: %w", ErrSettings, name, err)
	}
	return table, nil
}

func parseStatusTable(text string) (provision.StatusTable, error) {
	var file statusFile
	meta, err := toml.Decode(text, &file)
	if err != nil {
		return nil, err
	}
	faults := unknownMembers(text, meta.Undecoded())
	table := provision.DefaultStatusTable()
	for name, row := range file.Status {
		refusal := provision.Refusal(name)
		status, known := table[refusal]
		if !known {
			faults = append(faults, unknownRefusal(text, name))
			continue
		}
		table[refusal] = row.over(status)
	}
	return table, errors.Join(append(faults, table.Check())...)
}

func unknownRefusal(text, name string) error {
	var known []string
	for _, refusal := range provision.Refusals() {
		known = append(known, string(refusal))
	}
	return fmt.Errorf("line %d: no status is for %q; the nearest is %q, and all are: %s",
		lineOf(text, toml.Key{"status", name}), name, provision.Nearest(name, known), strings.Join(known, ", "))
}

func unknownMembers(text string, unknown []toml.Key) []error {
	var faults []error
	for _, key := range unknown {
		faults = append(faults, fmt.Errorf("line %d: %q says nothing here: a row is [status.\"REFUSAL\"] with return_code, return_code_enum, status_code and status_code_enum",
			lineOf(text, key), key.String()))
	}
	return faults
}

// over returns a status with the row's members in place of its own.
func (r statusRow) over(status provision.Status) provision.Status {
	set(&status.ReturnCode, r.ReturnCode)
	set(&status.ReturnCodeEnum, r.ReturnCodeEnum)
	set(&status.StatusCode, r.StatusCode)
	set(&status.StatusCodeEnum, r.StatusCodeEnum)
	return status
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// statuses returns the table of the setting status_table.
func (s Settings) statuses(dir string) (provision.StatusTable, error) {
	switch {
	case s.StatusTable == "":
		return provision.DefaultStatusTable(), nil
	case filepath.IsAbs(s.StatusTable):
		return ReadStatusTable(s.StatusTable)
	}
	return ReadStatusTable(filepath.Join(dir, s.StatusTable))
}
