// Command dsappd is a DSAPP-SRP provisioning server. It holds flags and
// printing; everything else is in the packages that it calls.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/dsappd/dsappd/wsdl"
)

// commands is the command line; each command is in the file of its name, and
// each group stands under a heading of help.go.
type commands struct {
	Dev   devCommand   `cmd:"" group:"begin" help:"Serve a lab from memory: the sample, every listener, and controls for tests."`
	Demo  demoCommand  `cmd:"" group:"begin" help:"Play one whole activation, or the way of a new user, in a throw-away data folder."`
	Init  initCommand  `cmd:"" group:"begin" help:"Make a data folder."`
	Serve serveCommand `cmd:"" group:"begin" help:"Serve a data folder."`
	Apply applyCommand `cmd:"" group:"begin" help:"Make users, authenticators, policies and the rest what a file says."`

	User          userCommand          `cmd:"" group:"manage" help:"Manage users."`
	Authenticator authenticatorCommand `cmd:"" group:"manage" help:"Manage authenticators, and licences for several devices."`
	Component     componentCommand     `cmd:"" group:"manage" help:"Manage client components: who may call, from where, under which policy."`
	Policy        policyCommand        `cmd:"" group:"manage" help:"Manage policies: the rules that a component's registrations follow."`
	Domain        domainCommand        `cmd:"" group:"manage" help:"Manage domains."`
	OrgUnit       orgUnitCommand       `cmd:"" group:"manage" help:"Manage the organizational units of domains."`
	UserAttribute userAttributeCommand `cmd:"" group:"manage" help:"Manage what is kept with users for other programs, such as RADIUS attributes."`
	Administrator administratorCommand `cmd:"" group:"manage" help:"Manage administrators: users who log on to the administration interface."`
	ServiceUser   serviceUserCommand   `cmd:"" group:"manage" help:"Manage service users: programs that call the administration interface with an API key."`
	GatewayKey    gatewayKeyCommand    `cmd:"" group:"manage" help:"Manage the API keys of the gateway, for phones and for the site."`
	ConsoleKey    consoleKeyCommand    `cmd:"" group:"manage" help:"Manage the keys by which operators sign in to their console."`
	PlatformKey   platformKeyCommand   `cmd:"" group:"manage" help:"Manage the keys of the Platform API, which is REST."`

	Explain      explainCommand      `cmd:"" group:"watch" help:"Say why a request was refused: the last one, or one by its ID."`
	Registration registrationCommand `cmd:"" group:"watch" help:"See registrations, and close them."`
	Audit        auditCommand        `cmd:"" group:"watch" help:"Read, verify, export and prune the record of every decision."`
	Webhook      webhookCommand      `cmd:"" group:"watch" help:"See and test who is told of what happens: webhooks and syslog."`

	Lab    labCommand    `cmd:"" group:"test" help:"Steer the lab of dsappd dev or dsappd serve --lab: clock, faults, records."`
	Phone  phoneCommand  `cmd:"" group:"test" help:"Play the phone of an activation."`
	Image  imageCommand  `cmd:"" group:"test" help:"Draw an activation image as a QR code."`
	WSDL   wsdlCommand   `cmd:"" group:"test" name:"wsdl" help:"Print the WSDL, or write it and its schemas into a folder."`
	Replay replayCommand `cmd:"" group:"test" help:"Record conversations, and play them as tests."`

	Ready      readyCommand      `cmd:"" group:"keep" help:"Ask whether a server answers requests, and wait until it does."`
	Check      checkCommand      `cmd:"" group:"keep" help:"Look for damage in a data folder."`
	Backup     backupCommand     `cmd:"" group:"keep" help:"Back up a data folder, also while a server serves it."`
	Restore    restoreCommand    `cmd:"" group:"keep" help:"Restore a data folder from a backup, or verify that."`
	Migrate    migrateCommand    `cmd:"" group:"keep" help:"Bring a data folder of an older dsappd up to date, and keep a copy."`
	Copy       copyCommand       `cmd:"" group:"keep" help:"Copy a store from a data folder to a database, or back."`
	Cluster    clusterCommand    `cmd:"" group:"keep" help:"List the servers that share a store."`
	Compact    compactCommand    `cmd:"" group:"keep" help:"Give back the space that the store of a data folder no longer uses."`
	Log        logCommand        `cmd:"" group:"keep" help:"See and set how much a running server logs."`
	Key        keyCommand        `cmd:"" group:"keep" help:"Show and rotate the keys that seal the store's secrets."`
	TLS        tlsCommand        `cmd:"" group:"keep" name:"tls" help:"Show and renew the certificates that clients see."`
	Completion completionCommand `cmd:"" group:"keep" help:"Print the script that completes commands in a shell."`
	Man        manCommand        `cmd:"" group:"keep" help:"Write the manual pages, one for each command and one for the settings."`
	Version    versionCommand    `cmd:"" group:"keep" help:"Print the version."`
	Complete   completeCommand   `cmd:"" group:"keep" hidden:""`

	ShowVersion versionFlag `name:"version" help:"Print the version."`
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

// run carries out one command line and returns the exit code.
func run(args []string, std streams) int {
	if len(args) == 0 {
		fmt.Fprint(std.Out, firstSteps)
		return 0
	}
	ctx, stop := untilSignal()
	defer stop()
	asJSON := wantsJSON(args)
	args = askingForHelp(args)
	parser, err := newParser(ctx, std, grammar(args))
	if err != nil {
		return newFailure(err).print(std.Err, asJSON)
	}
	command, err := parser.Parse(args)
	if err != nil {
		return newUsageFailure(err).print(std.Err, asJSON)
	}
	if err := command.Run(); err != nil {
		return newFailure(because(ctx, err)).print(std.Err, asJSON)
	}
	return 0
}

func newParser(ctx context.Context, std streams, grammar any) (*kong.Kong, error) {
	parser, err := kong.New(grammar,
		kong.Name("dsappd"),
		kong.Description("An open DSAPP-SRP provisioning server."),
		kong.Writers(std.Out, std.Err),
		kong.ExplicitGroups(headings),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, FlagsLast: true}),
		kong.Help(printHelp),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
		kong.Vars{"interfaces": strings.Join(wsdl.Interfaces(), ",")},
	)
	if err != nil {
		return nil, err
	}
	parser.Model.HelpFlag.Help = "Show this help."
	underOneHeading(parser.Model.Node)
	return parser, nil
}

// jsonFlag is that of every command that has no other --json.
type jsonFlag struct {
	JSON bool `name:"json" help:"Print JSON, errors too."`
}
