package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"github.com/dsappd/dsappd/internal/apply"
	"github.com/dsappd/dsappd/internal/bulk"
	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/alecthomas/kong"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/internal/server/lab"
	"github.com/dsappd/dsappd/phone"
)

// Exit codes beside 0; docs/cli.md has them too. A command that a signal ends
// exits with 128 and the number of the signal.
const (
	exitFailed    = 1
	exitUsage     = 2
	exitUncertain = 3
)

// failure is why a command failed, as --json prints it. Its members are stable.
type failure struct {
	Code    string `json:"code"`    // one of those in docs/cli.md
	Status  string `json:"status"`  // of a server's refusal, such as STAT_NOT_FOUND; else empty
	Message string `json:"message"` // what is wrong, and where
	Hint    string `json:"hint"`    // what mends it; may be empty

	text string // message and hint as people read them
	exit int
}

// newFailure describes an error.
func newFailure(err error) failure {
	message, mend := hint.Split(err)
	text, general := plainly(err, err.Error())
	message, _ = plainly(err, message)
	f := failure{Code: codeOf(err), Status: statusOf(err), Message: message, Hint: mend, text: text, exit: exitOf(err)}
	if mend == "" && general != "" {
		f.Hint, f.text = general, text+": "+general
	}
	if f.Code == "interrupted" {
		f.Message, f.text = "interrupted", "interrupted"
	}
	if f.Code == "not_found" {
		f.see(listOf(message))
	}
	return f
}

// newUsageFailure describes a command line that cannot be read.
func newUsageFailure(err error) failure {
	text := inUsageWords(err.Error())
	command := "dsappd"
	if wrong, ok := errors.AsType[*kong.ParseError](err); ok {
		command = wrong.Context.Model.Name
		if selected := wrong.Context.Selected(); selected != nil {
			command = selected.FullPath()
		}
		if strings.HasPrefix(text, "expected one of ") {
			text = needsCommand(wrong.Context, command)
		}
	}
	f := failure{Code: "usage", Message: text, text: text, exit: exitUsage}
	if strings.HasPrefix(text, "missing flags: --dir=") {
		f.see("Give --dir, or set DSAPPD_DIR")
	}
	f.see("See: " + command + " --help")
	return f
}

// needsCommand says which commands a group has.
func needsCommand(at *kong.Context, group string) string {
	node := at.Model.Node
	if selected := at.Selected(); selected != nil {
		node = selected
	}
	var names []string
	for _, child := range node.Children {
		if !child.Hidden {
			names = append(names, child.Name)
		}
	}
	return fmt.Sprintf("%s is a group of commands: give one of %s", group, strings.Join(names, ", "))
}

// see adds a hint on a line of its own.
func (f *failure) see(hint string) {
	if hint == "" {
		return
	}
	f.text += "\n" + hint
	if f.Hint != "" {
		hint = f.Hint + "\n" + hint
	}
	f.Hint = hint
}

// listOf names the command that lists what a server did not find; empty where
// there is none.
func listOf(message string) string {
	for _, noun := range []string{"user", "domain", "authenticator", "component", "policy", "registration", "gateway key"} {
		if strings.Contains(message, "no "+noun+" ") {
			return "See: dsappd " + strings.ReplaceAll(noun, " ", "-") + " list"
		}
	}
	return ""
}

// print writes the failure for people, or as one line of JSON.
func (f failure) print(w io.Writer, asJSON bool) int {
	if !asJSON {
		fmt.Fprintln(w, "dsappd:", withoutControls(f.text))
		return f.exit
	}
	printJSONLine(w, struct {
		Error failure `json:"error"`
	}{f})
	return f.exit
}

// wantsJSON reports whether a command line asks for JSON, also where it cannot
// be read otherwise.
func wantsJSON(args []string) bool {
	wanted := false
	for _, arg := range args {
		if arg == "--" {
			break
		}
		name, value, given := strings.Cut(arg, "=")
		if name != "--json" {
			continue
		}
		no, err := strconv.ParseBool(value)
		wanted = !given || err != nil || no // --json=FILE is a report's
	}
	return wanted
}

// errorCodes are the codes of errors that can be told by what they wrap, the
// first that fits.
var errorCodes = []struct {
	err  error
	code string
}{
	{admin.ErrUncertain, "uncertain"},
	{context.Canceled, "interrupted"},
	{bulk.ErrRefused, "rows_refused"},
	{bulk.ErrFile, "file_refused"},
	{apply.ErrFile, "file_refused"},
	{datafolder.ErrBackup, "backup_refused"},
	{admin.ErrCutOff, "cut_off"},
	{errBroken, "transcript_broken"},
	{errDiffered, "replies_differ"},
	{errUndocumented, "answer_undocumented"},
	{errAuditBroken, "audit_broken"},
	{datafolder.ErrNoFolder, "no_data_folder"},
	{datafolder.ErrNoStore, "store_missing"},
	{datafolder.ErrNotEmpty, "folder_not_empty"},
	{datafolder.ErrLocked, "data_folder_in_use"},
	{datafolder.ErrSchema, "schema_version"},
	{datafolder.ErrOpenToOthers, "open_to_others"},
	{datafolder.ErrKey, "master_key_refused"},
	{datafolder.ErrSettings, "settings_refused"},
	{datafolder.ErrAddress, "address_refused"},
	{datafolder.ErrNoComponent, "component_missing"},
	{datafolder.ErrCertificate, "certificate_refused"},
	{datafolder.ErrDamagedStore, "store_damaged"},
	{admin.ErrNoServer, "no_server"},
	{operators.ErrNotReady, "not_ready"},
	{phone.ErrStep, "wrong_step"},
	{syscall.ECONNREFUSED, "unreachable"},
	{context.DeadlineExceeded, "timeout"},
	{fs.ErrNotExist, "file_missing"},
	{fs.ErrPermission, "permission_denied"},
	{fs.ErrExist, "file_exists"},
}

// codeOf names the kind of an error.
func codeOf(err error) string {
	for _, known := range errorCodes {
		if errors.Is(err, known.err) {
			return known.code
		}
	}
	if refused, is := errors.AsType[*admin.Error](err); is {
		return strings.ReplaceAll(string(refused.Refusal), " ", "_")
	}
	if _, is := errors.AsType[*phone.Refusal](err); is {
		return "refused"
	}
	if _, is := errors.AsType[*lab.Error](err); is {
		return "refused"
	}
	if timeout, is := errors.AsType[net.Error](err); is && timeout.Timeout() {
		return "timeout"
	}
	if _, is := errors.AsType[*url.Error](err); is {
		return "unreachable"
	}
	return "failed"
}

// statusOf returns the status that a server refused with.
func statusOf(err error) string {
	if refused, is := errors.AsType[*admin.Error](err); is {
		return refused.StatusCodeEnum
	}
	if refused, is := errors.AsType[*phone.Refusal](err); is {
		return refused.ResultCodes.StatusCodeEnum
	}
	return ""
}

func exitOf(err error) int {
	if errors.Is(err, admin.ErrUncertain) {
		return exitUncertain
	}
	if ended, is := errors.AsType[*signalled](err); is {
		return 128 + int(ended.signal)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return 128 + int(syscall.SIGINT) // typed at a terminal in raw mode
	case errors.Is(err, errBroken):
		return exitUsage
	}
	return exitFailed
}

// withoutControls removes what could give orders to the terminal from a text
// that may hold a server's words.
func withoutControls(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
