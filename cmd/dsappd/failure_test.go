package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/phone"
)

func TestFailures(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir("folder", 0o700), os.WriteFile("file", nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	path := func(op, name string, err error) error { return &fs.PathError{Op: op, Path: name, Err: err} }
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, Err: os.NewSyscallError("connect", err)}
	}
	for name, test := range map[string]struct {
		err  error
		want failure
	}{
		"missing": {path("lstat", "nosuch", syscall.ENOENT), failure{"file_missing", "", "there is no nosuch in " + here, "check the name", "", 1}},
		"missing, absolute": {path("open", here+"/nosuch", syscall.ENOENT),
			failure{"file_missing", "", "there is no " + here + "/nosuch", "check the name", "", 1}},
		"missing folder": {path("open", "none/of/this", syscall.ENOENT),
			failure{"file_missing", "", "there is no folder " + here + "/none", "make it first, or check the name", "", 1}},
		"wrapped": {fmt.Errorf("secret: %w", path("open", "nosuch", syscall.ENOENT)),
			failure{"file_missing", "", "secret: there is no nosuch in " + here, "check the name", "", 1}},
		"folder":       {path("read", "folder", syscall.EISDIR), failure{"failed", "", "folder is a folder, not a file", "name a file", "", 1}},
		"no folder":    {path("open", "file", syscall.ENOTDIR), failure{"failed", "", "file is a file, not a folder", "name a folder", "", 1}},
		"below a file": {path("open", "file/x", syscall.ENOTDIR), failure{"failed", "", "file/x lies in something that is not a folder", "check the name", "", 1}},
		"permission": {path("open", "file", syscall.EACCES), failure{"permission_denied", "", "the system does not let " + operatorName() + " open or change file",
			"look at its owner and mode with: ls -ld", "", 1}},
		"rename":        {&os.LinkError{Op: "rename", Old: ".x", New: "folder", Err: syscall.EEXIST}, failure{"file_exists", "", "folder is a folder, not a file", "name a file", "", 1}},
		"there already": {path("open", "file", syscall.EEXIST), failure{"file_exists", "", "file is there already", "remove it, or choose another name", "", 1}},
		"full":          {path("write", "file", syscall.ENOSPC), failure{"failed", "", "there is no space left for file", "make room, then try again", "", 1}},
		"read only":     {path("open", "file", syscall.EROFS), failure{"failed", "", "file is on a read-only file system", "choose another place", "", 1}},
		"another":       {path("read", "file", syscall.EIO), failure{"failed", "", "the system cannot read file: input/output error", "", "", 1}},
		"own hint": {hint.Add(fmt.Errorf("%w: %w", datafolder.ErrSettings, path("open", "s", syscall.ENOENT)), "put it back"),
			failure{"settings_refused", "", "settings are refused: there is no s in " + here, "put it back", "", 1}},
		"two": {errors.Join(path("open", "nosuch", syscall.ENOENT), path("read", "folder", syscall.EISDIR)),
			failure{"file_missing", "", "there is no nosuch in " + here + "\nfolder is a folder, not a file", "check the name", "", 1}},
		"refused connection": {dial(syscall.ECONNREFUSED), failure{"unreachable", "", "connection refused: nothing listens at 127.0.0.1:1", "", "", 1}},
		"unanswered": {&url.Error{Op: "Post", URL: "http://127.0.0.1:1/", Err: dial(syscall.ECONNREFUSED)},
			failure{"unreachable", "", "http://127.0.0.1:1/ does not answer: connection refused: nothing listens at 127.0.0.1:1", "", "", 1}},
		"no host": {&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Name: "bank.invalid", Err: "no such host", IsNotFound: true}},
			failure{"failed", "", "there is no host bank.invalid", "check the name", "", 1}},
		"untrusted": {&url.Error{Op: "Get", URL: "https://x/", Err: x509.UnknownAuthorityError{}},
			failure{"unreachable", "", "https://x/ does not answer: the server's certificate comes from a CA that is not trusted", "name the file of that CA with --ca", "", 1}},
		"time":        {fmt.Errorf("ask: %w", context.DeadlineExceeded), failure{"timeout", "", "ask: the time for it ran out", "", "", 1}},
		"interrupted": {fmt.Errorf("x: %w", context.Canceled), failure{"interrupted", "", "interrupted", "", "", 130}},
		"ended":       {fmt.Errorf("x: %w", &signalled{syscall.SIGTERM}), failure{"interrupted", "", "interrupted", "", "", 143}},
		"uncertain": {fmt.Errorf("%w: %w", admin.ErrUncertain, context.Canceled),
			failure{"uncertain", "", "it is not known whether this was carried out: context canceled", "", "", 3}},
		"uncertain commit": {&admin.Error{Refusal: provision.Unforeseen, StatusCodeEnum: "STAT_ERROR", Desc: "It is uncertain.", Uncertain: true},
			failure{"uncertain", "STAT_ERROR", "It is uncertain. (STAT_ERROR)", "", "", 3}},
		"refusal": {&admin.Error{Refusal: provision.NotAllowed, StatusCodeEnum: "STAT_PERMISSION", Desc: "No."},
			failure{"not_allowed_by_policy", "STAT_PERMISSION", "No. (STAT_PERMISSION)", "", "", 1}},
		"step":   {hint.Add(phone.ErrStep, "next is x"), failure{"wrong_step", "", "step out of order", "next is x", "", 1}},
		"broken": {errBroken, failure{"transcript_broken", "", "transcripts are broken", "", "", 2}},
	} {
		t.Run(name, func(t *testing.T) {
			got := newFailure(test.err)
			got.text = ""
			if got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

// The page of the command line lists every code, each once, and no other.
func TestCodesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"usage", "refused", "failed"}
	for _, known := range errorCodes {
		want = append(want, known.code)
	}
	for _, refusal := range provision.Refusals() {
		if refusal != provision.Granted {
			want = append(want, strings.ReplaceAll(string(refusal), " ", "_"))
		}
	}
	slices.Sort(want)
	want = slices.Compact(want)
	_, table, _ := strings.Cut(string(page), "<!-- codes -->")
	table, _, _ = strings.Cut(table, "<!-- /codes -->")
	var got []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|").FindAllStringSubmatch(table, -1) {
		for _, code := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row[1], -1) {
			got = append(got, code[1])
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("docs/cli.md lists\n%q\nwant\n%q", got, want)
	}
}
