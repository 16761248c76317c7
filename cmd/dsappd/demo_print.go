package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/dsappd/dsappd/internal/server/admin"
)

// demoPrinter tells the demo's course to a person.
type demoPrinter struct {
	out   io.Writer
	json  bool // a line of JSON for each step, and nothing else
	paint bool
	steps int

	offline bool // the site sends what the phone would
	brief   bool // a line for each step
}

// newDemoPrinter paints only where a terminal shows colour and nobody has
// asked for none (no-color.org).
func newDemoPrinter(out io.Writer, asJSON bool) *demoPrinter {
	file, ok := out.(*os.File)
	return &demoPrinter{out: out, json: asJSON, paint: ok && term.IsTerminal(int(file.Fd())) && os.Getenv("NO_COLOR") == ""}
}

// The colours, by their number in an ANSI escape sequence.
const (
	bold  = 1
	dim   = 2
	red   = 31
	green = 32
)

func (p *demoPrinter) painted(colour int, text string) string {
	if !p.paint {
		return text
	}
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", colour, text)
}

func (p *demoPrinter) opening(title, url, dir string) {
	if p.json {
		return
	}
	fmt.Fprintf(p.out, "%s\n", p.painted(bold, title))
	fmt.Fprintf(p.out, "The server is at %s; its data folder, %s, goes when it ends.\n\n", url, dir)
}

// step prints one operation: what was sent and decided, the status, the time.
func (p *demoPrinter) step(w watched) {
	p.steps++
	if p.json {
		printJSONLine(p.out, demoStep{p.steps, w.operation, byPath(w.sent), byPath(w.decided), byPath(w.status), w.took.Seconds()})
		return
	}
	if p.brief {
		p.stepInBrief(w)
		return
	}
	fmt.Fprintf(p.out, "%s: %s\n", p.painted(bold, fmt.Sprintf("%d. %s", p.steps, w.operation)), p.purpose(w.operation))
	p.fields("sent", w.sent)
	p.fields("decided", w.decided)
	p.line("status", p.status(w.status))
	p.line("took", fmt.Sprintf("%.1f ms", float64(w.took.Microseconds())/1000))
	fmt.Fprintln(p.out)
}

// stepInBrief prints one operation in a line, and why it was refused in another.
func (p *demoPrinter) stepInBrief(w watched) {
	status, colour := find(w.status, "resultCodes/statusCodeEnum"), green
	desc := find(w.status, "errorStack/errors/errorDesc") + find(w.status, "faultstring")
	if desc != "" {
		colour = red
	}
	fmt.Fprintf(p.out, "%2d. %s  %s  %s\n", p.steps, p.painted(bold, fmt.Sprintf("%-30s", w.operation)), p.painted(colour, fmt.Sprintf("%-12s", status)), p.inBrief(w.operation))
	if desc != "" {
		fmt.Fprintf(p.out, "    %s\n", desc)
	}
}

// inBrief says in a few words what an operation of a journey does.
func (p *demoPrinter) inBrief(operation string) string {
	switch operation {
	case "logon":
		return "admin opens a session"
	case "USERCMD_CREATE":
		return "creates the user " + journeyUser
	case "DIGIPASSCMD_ASSIGN":
		return "and assigns " + journeyAuthenticator
	case "dsappSRPRegister":
		return "the site registers the phone"
	case "dsappSRPGenerateEphemeralKey":
		return "the phone exchanges keys,"
	case "dsappSRPGenerateActivationData":
		return "gets its activation data"
	case "dsappSRPActivate":
		return "and binds itself"
	case "authUser":
		return "logs in by a one-time password"
	case "authSignature":
		return "verifies what the phone signed"
	case "DIGIPASSCMD_UNASSIGN":
		return "takes " + journeyAuthenticator + " back"
	case "logoff":
		return "and closes it"
	}
	return ""
}

// demoStep is one operation in JSON.
type demoStep struct {
	Step        int               `json:"step"`
	Operation   string            `json:"operation"`
	Sent        map[string]string `json:"sent"`
	Decided     map[string]string `json:"decided"`
	Status      map[string]string `json:"status"`
	TookSeconds float64           `json:"tookSeconds"`
}

func byPath(leaves []leaf) map[string]string {
	all := make(map[string]string)
	for _, l := range leaves {
		all[l.path] = l.text
	}
	return all
}

// purpose says what an operation is for.
func (p *demoPrinter) purpose(operation string) string {
	sender := "The phone"
	if p.offline {
		sender = "The site"
	}
	switch operation {
	case "dsappSRPRegister":
		return "The site, which knows the user's password, asks for a registration."
	case "dsappSRPGenerateEphemeralKey":
		return "The phone, which was shown the activation password, begins a key exchange."
	case "dsappSRPGenerateActivationData":
		return "The phone proves its key and gets its data under it."
	case "dsappSRPActivate":
		return "The phone binds itself with a derivation code."
	case "PROVISIONCMD_MDL_REGISTER":
		return "The site, which knows the user's password, asks for Activation Message 1."
	case "PROVISIONCMD_MDL_ADD_DEVICE":
		return sender + " sends the device code and gets Activation Message 2 for it."
	case "PROVISIONCMD_MDL_ACTIVATE":
		return sender + " sends the signature, and the instance is active."
	}
	return ""
}

func (p *demoPrinter) fields(label string, leaves []leaf) {
	for _, l := range leaves {
		p.line(label, fmt.Sprintf("%-41s %s", strings.TrimPrefix(strings.TrimPrefix(l.path, "standard/"), "mdl/"), shortened(l.text)))
		label = ""
	}
}

func (p *demoPrinter) line(label, text string) {
	fmt.Fprintf(p.out, "   %s %s\n", p.painted(dim, fmt.Sprintf("%-8s", label)), text)
}

func (p *demoPrinter) status(status []leaf) string {
	if fault := find(status, "faultstring"); fault != "" {
		return p.painted(red, "fault") + ": " + fault
	}
	codes := fmt.Sprintf("%s %s, %s %s",
		find(status, "resultCodes/returnCodeEnum"), find(status, "resultCodes/returnCode"),
		find(status, "resultCodes/statusCodeEnum"), find(status, "resultCodes/statusCode"))
	if desc := find(status, "errorStack/errors/errorDesc"); desc != "" {
		return p.painted(red, codes) + ": " + desc
	}
	return p.painted(green, codes)
}

// shortened keeps a long number to one line: nobody compares 512 digits.
func shortened(text string) string {
	const shown = 16
	if len(text) <= 2*shown {
		return text
	}
	return fmt.Sprintf("%s... %d characters", text[:shown], len(text))
}

func (p *demoPrinter) note(text string) {
	if p.json {
		return
	}
	fmt.Fprintf(p.out, "   %s\n\n", text)
}

func (p *demoPrinter) conclusion(a admin.Authenticator) {
	if p.json {
		printJSONLine(p.out, a)
		return
	}
	fmt.Fprintf(p.out, "%s\nIts grace period is over since %s, and it is bound to the phone.\n",
		p.painted(green, fmt.Sprintf("The authenticator %s of %s is %s.", a.SerialNumber, a.UserID, strings.ToUpper(string(a.State)))),
		a.GraceEndsAt.Format(time.RFC3339))
}

func (p *demoPrinter) conclusionMDL(a admin.Authenticator, instance, otp string) {
	if p.json {
		printJSONLine(p.out, a)
		return
	}
	fmt.Fprintf(p.out, "%s\nThe licence %s of %s has %d of its %d places taken. The device's one-time password now is %s.\n",
		p.painted(green, fmt.Sprintf("The instance %s is ACTIVE.", instance)), a.SerialNumber, a.UserID, a.Licence.Places, a.Licence.Limit, otp)
}

func (p *demoPrinter) conclusionJourney(a admin.Authenticator) {
	if p.json {
		printJSONLine(p.out, a)
		return
	}
	fmt.Fprintf(p.out, "\n%s\n", p.painted(green, fmt.Sprintf("The authenticator %s is %s again, and bound to no phone.", a.SerialNumber, strings.ToUpper(string(a.State)))))
}
