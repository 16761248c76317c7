package datafolder

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/provision"
)

// The example is whole, and says what holds without it.
func TestExampleOfStatuses(t *testing.T) {
	const example = "../../docs/statuses.toml"
	table, err := ReadStatusTable(example)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(provision.DefaultStatusTable(), table); diff != "" {
		t.Error(diff)
	}
	var file statusFile
	if _, err := toml.DecodeFile(example, &file); err != nil {
		t.Fatal(err)
	}
	for _, refusal := range provision.Refusals() {
		row, shown := file.Status[string(refusal)]
		if !shown || row.ReturnCode == nil || row.ReturnCodeEnum == nil || row.StatusCode == nil || row.StatusCodeEnum == nil {
			t.Errorf("the example does not show all of %q", refusal)
		}
	}
}

func TestStatusTableReplacesWhatItSays(t *testing.T) {
	table, err := parseStatusTable(`
[status."user locked"]
status_code = 2147483647
status_code_enum = "STAT_X_LOCKED"
[status."activation limit"]
status_code = -2147483648
status_code_enum = "STAT_LIMIT_2"
return_code = 7
return_code_enum = "RET_OTHER"
`)
	if err != nil {
		t.Fatal(err)
	}
	want := provision.DefaultStatusTable()
	want[provision.UserLocked] = provision.Status{ReturnCode: -1, ReturnCodeEnum: "RET_FAILURE", StatusCode: 2147483647, StatusCodeEnum: "STAT_X_LOCKED"}
	want[provision.ActivationLimit] = provision.Status{ReturnCode: 7, ReturnCodeEnum: "RET_OTHER", StatusCode: -2147483648, StatusCodeEnum: "STAT_LIMIT_2"}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Error(diff)
	}
	if table, err := parseStatusTable(""); err != nil || !cmp.Equal(table, provision.DefaultStatusTable()) {
		t.Errorf("an empty file: %v, %v", table, err)
	}
}

func TestStatusTableIsRefused(t *testing.T) {
	for text, want := range map[string][]string{
		"[status.\"user lokced\"]\nstatus_code = 1":                        {`line 1`, `"user lokced"`, `the nearest is "user locked"`, "invalid credentials"},
		"[status.\"busy\"]\n\nstatus = 1":                                  {"line 3", "status_code_enum"},
		"[statuses.busy]\nstatus_code = 1":                                 {"line 1", `[status."REFUSAL"]`},
		"[status.busy]\nstatus_code = 2147483648":                          {`"busy"`, "does not fit 32 bits"},
		"[status.busy]\nstatus_code = -2147483649":                         {`"busy"`, "does not fit 32 bits"},
		"[status.busy]\nreturn_code = 4294967296":                          {`"busy"`, "does not fit 32 bits"},
		"[status.busy]\nstatus_code = 0":                                   {`"busy"`, `0 for "granted" and for nothing else`},
		"[status.busy]\nreturn_code = 0":                                   {`"busy"`, "return code"},
		"[status.granted]\nstatus_code = 1":                                {`"granted"`},
		"[status.granted]\nreturn_code = -1":                               {`"granted"`},
		"[status.busy]\nstatus_code_enum = \"\"":                           {`"busy"`, `called ""`},
		"[status.busy]\nstatus_code_enum = \"Busy\"":                       {`"busy"`, `called "Busy"`},
		"[status.busy]\nreturn_code_enum = \"A B\"":                        {`"busy"`, `called "A B"`},
		"[status.busy]\nstatus_code_enum = \"STAT_BUSY\"":                  {"-1", "STAT_BUSY", "STAT_ERROR"},
		"[status.busy]\nstatus_code = 99":                                  {"STAT_ERROR", "99", "-1"},
		"[status.busy]\nstatus_code = \"99\"":                              {"status.busy.status_code", "string"},
		"[status.busy]\nstatus_code = 9.5":                                 {"float"},
		"[status.busy":                                                     {"line 1"},
		"[status.busy]\nstatus_code = 5\n[status.exists]\nstatus_code = 0": {"STAT_ERROR is 5 here and -1", `"exists"`},
	} {
		_, err := parseStatusTable(text)
		if err == nil {
			t.Errorf("%q is not refused", text)
			continue
		}
		for _, words := range want {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%q: %q is not in: %v", text, words, err)
			}
		}
	}
}

func TestStatusTableSetting(t *testing.T) {
	dir := t.TempDir()
	row := []byte("[status.busy]\nstatus_code = 42\nstatus_code_enum = \"STAT_BUSY\"\n")
	if err := os.WriteFile(filepath.Join(dir, "mine.toml"), row, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"mine.toml", filepath.Join(dir, "mine.toml")} {
		table, err := Settings{StatusTable: name}.statuses(dir)
		if err != nil || table[provision.Busy].StatusCode != 42 {
			t.Errorf("%s: %v, %v", name, table[provision.Busy], err)
		}
	}
	if table, err := (Settings{}).statuses(dir); err != nil || table[provision.Busy].StatusCode != -1 {
		t.Errorf("without the setting: %v, %v", table, err)
	}
	if _, err := (Settings{StatusTable: "none.toml"}).statuses(dir); !errors.Is(err, ErrSettings) {
		t.Errorf("a file that is not there: %v", err)
	}
}
