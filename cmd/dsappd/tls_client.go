package main

import (
	"fmt"

	"github.com/dsappd/dsappd/internal/datafolder"
)

type tlsClientCommand struct {
	tlsFlags
	Out  string `required:"" placeholder:"FILE" help:"Write the certificate and its key into this new file, in PEM."`
	Name string `arg:"" name:"name" help:"What the client is called in the log and in the audit."`
}

// madeClient is what was made.
type madeClient struct {
	File string `json:"file"`
	Name string `json:"name"`
}

// Run makes a certificate for a client.
func (c *tlsClientCommand) Run(std streams) error {
	if err := datafolder.IssueClientCertificate(c.Dir, c.Name, c.Out, datafolder.CertificateOptions{}); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std.Out, madeClient{c.Out, c.Name})
	}
	_, err := fmt.Fprintf(std.Out, "made %s, the certificate and the key of the client %s\n"+
		"A listener takes it with client_ca = \"tls/ca.pem\" in its table of settings.toml.\n", c.Out, c.Name)
	return err
}
