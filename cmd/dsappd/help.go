package main

import (
	"github.com/alecthomas/kong"
)

// firstSteps is what dsappd says by itself.
const firstSteps = `dsappd is an open DSAPP-SRP provisioning server. Seven commands to begin with:

  dsappd dev                                  Serve a lab from memory, ready to try
  dsappd demo                                 Watch one whole activation
  dsappd init --dir lab --sample              Make a data folder with users to try
  dsappd serve --dir lab                      Serve it: SOAP, a gateway for phones, a web page
  dsappd phone activate --image PICTURE       Be the phone that scans a QR code
  dsappd user add --dir lab USER              Add a user of your own
  dsappd explain --dir lab                    Say why the last request was refused

DSAPPD_DIR=lab stands for --dir lab. All commands: dsappd --help
`

// headings are those of the commands, in the order of their first commands.
var headings = []kong.Group{
	{Key: "begin", Title: "Begin:"},
	{Key: "manage", Title: "Manage what a server knows:"},
	{Key: "watch", Title: "Watch what it decides:"},
	{Key: "test", Title: "Test clients, servers and phones:"},
	{Key: "keep", Title: "Look after it:"},
	{Key: "ways", Title: "One of:"},
	{Key: "image", Title: "With --image:"},
	{Key: "all", Title: "With each of them:"},
	{Key: "fields", Title: "Fields of an activation image, as register gave them:"},
}

// underOneHeading takes the headings of the top from the commands of groups.
func underOneHeading(top *kong.Node) {
	for _, group := range top.Children {
		for _, command := range group.Children {
			command.Group = &kong.Group{Key: "commands", Title: "Commands:"}
		}
	}
}

// printHelp prints the help of a command. A flag of the program itself is shown
// with the program alone.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	for _, flag := range ctx.Model.Flags {
		if flag.Name == "version" {
			flag.Hidden = ctx.Selected() != nil
		}
	}
	return kong.DefaultHelpPrinter(options, ctx)
}

// askingForHelp reads dsappd help COMMAND as dsappd COMMAND --help.
func askingForHelp(args []string) []string {
	if args[0] != "help" {
		return args
	}
	return append(append([]string{}, args[1:]...), "--help")
}
