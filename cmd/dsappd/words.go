package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// plainly says in plain words what the operating system, the network and TLS
// say in theirs: wherever the text of an error has the words of one of the
// errors that it wraps, a sentence takes their place. The hint is what mends the
// first of them; it may be empty.
func plainly(err error, text string) (plain, hint string) {
	eachCause(err, func(cause error) bool {
		sentence, mend := sentenceOf(cause)
		if sentence == "" || !strings.Contains(text, cause.Error()) {
			return true
		}
		text = strings.ReplaceAll(text, cause.Error(), sentence)
		if hint == "" {
			hint = mend
		}
		return false
	})
	return text, hint
}

// eachCause visits an error and all that it wraps, from the outside in, and
// does not go into what visit says is done with.
func eachCause(err error, visit func(error) bool) {
	if err == nil || !visit(err) {
		return
	}
	switch wraps := err.(type) {
	case interface{ Unwrap() error }:
		eachCause(wraps.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, inner := range wraps.Unwrap() {
			eachCause(inner, visit)
		}
	}
}

// sentenceOf returns the sentence for one error and what mends it; both are
// empty for an error that is not the system's.
func sentenceOf(err error) (sentence, hint string) {
	switch e := err.(type) {
	case *fs.PathError:
		return aboutFile(e.Op, e.Path, e.Err)
	case *os.LinkError:
		return aboutFile(e.Op, e.New, e.Err)
	case *url.Error:
		reason, hint := plainly(e.Err, e.Err.Error())
		return fmt.Sprintf("%s does not answer: %s", e.URL, reason), hint
	case *net.OpError:
		return aboutAddress(e)
	case x509.UnknownAuthorityError:
		return "the server's certificate comes from a CA that is not trusted", "name the file of that CA with --ca"
	}
	switch err {
	case http.ErrSchemeMismatch:
		return "the server there speaks plain HTTP, not TLS", "give http:// in place of https://"
	case context.DeadlineExceeded:
		return "the time for it ran out", ""
	}
	return "", ""
}

// aboutFile says what the system did not do with a file.
func aboutFile(operation, name string, cause error) (sentence, hint string) {
	switch {
	case errors.Is(cause, fs.ErrNotExist):
		return aboutMissing(name)
	case errors.Is(cause, fs.ErrPermission):
		return fmt.Sprintf("the system does not let %s open or change %s", operatorName(), name), "look at its owner and mode with: ls -ld"
	case errors.Is(cause, syscall.EISDIR):
		return name + " is a folder, not a file", "name a file"
	case errors.Is(cause, syscall.ENOTDIR):
		if _, err := os.Stat(name); err == nil {
			return name + " is a file, not a folder", "name a folder"
		}
		return name + " lies in something that is not a folder", "check the name"
	case errors.Is(cause, fs.ErrExist):
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			return name + " is a folder, not a file", "name a file"
		}
		return name + " is there already", "remove it, or choose another name"
	case errors.Is(cause, syscall.ENOSPC), errors.Is(cause, syscall.EDQUOT):
		return "there is no space left for " + name, "make room, then try again"
	case errors.Is(cause, syscall.EROFS):
		return name + " is on a read-only file system", "choose another place"
	case errors.Is(cause, syscall.EMFILE), errors.Is(cause, syscall.ENFILE):
		return "too many files are open to open " + name, "raise the limit with: ulimit -n"
	case errors.Is(cause, syscall.ENAMETOOLONG):
		return "the name of a file is too long", "choose a shorter one"
	}
	return fmt.Sprintf("the system cannot %s %s: %v", operation, name, cause), ""
}

// aboutMissing names the first part of a name that is not there, and where.
func aboutMissing(name string) (sentence, hint string) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return "there is no " + name, "check the name"
	}
	missing := absolute
	for parent := filepath.Dir(missing); parent != missing; parent = filepath.Dir(parent) {
		if _, err := os.Stat(parent); err == nil {
			break
		}
		missing = parent
	}
	if missing != absolute {
		return "there is no folder " + missing, "make it first, or check the name"
	}
	if filepath.IsAbs(name) {
		return "there is no " + name, "check the name"
	}
	return fmt.Sprintf("there is no %s in %s", name, filepath.Dir(absolute)), "check the name"
}

// aboutAddress says what connection or listener the system did not make.
func aboutAddress(e *net.OpError) (sentence, hint string) {
	address := "the other side"
	if e.Addr != nil {
		address = e.Addr.String()
	}
	unknown, isName := errors.AsType[*net.DNSError](e)
	switch {
	case isName && unknown.IsNotFound:
		return fmt.Sprintf("there is no host %s", unknown.Name), "check the name"
	case isName:
		return fmt.Sprintf("the name of the host %s cannot be looked up now", unknown.Name), "look at this machine's DNS"
	case errors.Is(e, syscall.ECONNREFUSED):
		return "connection refused: nothing listens at " + address, ""
	case errors.Is(e, syscall.EADDRINUSE):
		return address + " is in use already", ""
	case errors.Is(e, syscall.EADDRNOTAVAIL):
		return address + " is no address of this machine", ""
	case errors.Is(e, fs.ErrPermission) && e.Op == "listen":
		return fmt.Sprintf("the system does not let %s listen at %s", operatorName(), address), "choose a port from 1024 on"
	case e.Timeout():
		return "no answer from " + address + " in time", ""
	case errors.Is(e, syscall.EHOSTUNREACH), errors.Is(e, syscall.ENETUNREACH):
		return "there is no way to " + address + " from this machine", ""
	}
	return "", ""
}

// usageWords are what the parser of the command line says, and what is said in
// its place.
var usageWords = []struct {
	parser *regexp.Regexp
	plain  string
}{
	{regexp.MustCompile(`expected \w+ value but got "EOL" \(<EOL>\)`), "a value must follow"},
	{regexp.MustCompile(`expected \w+ value but got ("[^"]*") \([^)]*\)`), "a value must follow, not the flag $1"},
	{regexp.MustCompile(`expected a valid \d+ bit int but got (".*")`), "give a whole number, not $1"},
	{regexp.MustCompile(`expected a valid \d+ bit uint but got (".*")`), "give a whole number from 0 on, not $1"},
	{regexp.MustCompile(`expected duration but got (".*"): .*`), "give a time with its unit, such as 30s or 2m, not $1"},
	{regexp.MustCompile(`bool value must be true, 1, yes, false, 0 or no but got (".*")`), "give true or false, or nothing, not $1"},
	{regexp.MustCompile(`must be one of (.*) but got (".*")`), "must be one of $1, not $2"},
	{regexp.MustCompile(`^expected "(<.*>)"`), "$1 is missing"},
}

// inUsageWords says in plain words what the parser of the command line says.
func inUsageWords(text string) string {
	for _, w := range usageWords {
		text = w.parser.ReplaceAllString(text, w.plain)
	}
	return text
}
