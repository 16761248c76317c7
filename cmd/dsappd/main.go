// Command dsappd is a DSAPP-SRP provisioning server. It holds flags and
// printing; everything else is in the packages that it calls.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode"

	"github.com/alecthomas/kong"
)

// Exit codes beside 0.
const (
	exitFailed = 1
	exitUsage  = 2
)

// commands is the command line; each command is in the file of its name.
type commands struct {
	Init          initCommand          `cmd:"" help:"Make a data folder."`
	Serve         serveCommand         `cmd:"" help:"Serve a data folder."`
	Demo          demoCommand          `cmd:"" help:"Play one whole activation in a throw-away data folder."`
	Check         checkCommand         `cmd:"" help:"Look for damage in a data folder."`
	Migrate       migrateCommand       `cmd:"" help:"Bring a data folder of an older dsappd up to date, keeping a copy."`
	User          userCommand          `cmd:"" help:"Users."`
	Domain        domainCommand        `cmd:"" help:"Domains."`
	Authenticator authenticatorCommand `cmd:"" help:"Authenticators."`
	Component     componentCommand     `cmd:"" help:"Client components: who may call, from where, under which policy."`
	GatewayKey    gatewayKeyCommand    `cmd:"" help:"API keys of the gateway: of phones and of the site."`
	Policy        policyCommand        `cmd:"" help:"Policies: the rules that a component's registrations follow."`
	Registration  registrationCommand  `cmd:"" help:"Registrations."`
	Audit         auditCommand         `cmd:"" help:"The record of every decision."`
	Explain       explainCommand       `cmd:"" help:"Tell why a request was refused: the last one, or one by its ID."`
	WSDL          wsdlCommand          `cmd:"" name:"wsdl" help:"Print the WSDL, or write it and its schemas into a folder."`
	Image         imageCommand         `cmd:"" help:"Render an activation image as a QR code."`
	Phone         phoneCommand         `cmd:"" help:"Play the phone of an activation."`
	Replay        replayCommand        `cmd:"" help:"Play recorded conversations as tests."`
	TLS           tlsCommand           `cmd:"" name:"tls" help:"The certificates that clients see."`
	Version       versionCommand       `cmd:"" help:"Print the version."`
}

// streams is where a command reads and prints. What it prints on Out is its
// result; everything else goes to Err.
type streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

func main() {
	os.Exit(run(os.Args[1:], streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}

// run carries out one command line. The first SIGINT or SIGTERM ends the
// command's context, a second one the process.
func run(args []string, std streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	parser, err := kong.New(&commands{},
		kong.Name("dsappd"),
		kong.Description("An open DSAPP-SRP provisioning server."),
		kong.Writers(std.Out, std.Err),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
	)
	if err != nil {
		fmt.Fprintln(std.Err, "dsappd:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(std.Err, "dsappd: %v\nSee: %s --help\n", err, commandOf(err))
		return exitUsage
	}
	if err := command.Run(); err != nil {
		return report(std.Err, err)
	}
	return 0
}

// commandOf is the command whose line was wrong, as far as it was said.
func commandOf(err error) string {
	wrong, ok := errors.AsType[*kong.ParseError](err)
	if !ok {
		return "dsappd"
	}
	if selected := wrong.Context.Selected(); selected != nil {
		return selected.FullPath()
	}
	return wrong.Context.Model.Name
}

// report says why a command failed.
func report(w io.Writer, err error) int {
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "dsappd: interrupted")
		return exitFailed
	}
	fmt.Fprintln(w, "dsappd:", withoutControls(err.Error()))
	if errors.Is(err, errBroken) {
		return exitUsage
	}
	return exitFailed
}

// withoutControls is a text that may hold a server's words: nothing in it gives
// orders to the terminal.
func withoutControls(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
