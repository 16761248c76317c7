package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/dsappd/dsappd/internal/bulk"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/names"
)

// ldapTimeout bounds each step of asking a directory.
const ldapTimeout = 30 * time.Second

// directoryFlags say how entries of a directory become users.
type directoryFlags struct {
	Map    []string `placeholder:"FIELD=ATTRIBUTE,..." sep:"none" help:"Take a field from the first of these attributes that an entry has, such as userID=mail; may be repeated. Without an attribute, the field stays empty."`
	Domain string   `placeholder:"DOMAIN" help:"Add the users to this domain; master if not given."`
}

func (f directoryFlags) mapping() (bulk.Mapping, error) {
	mapping := bulk.DefaultMapping()
	for _, text := range f.Map {
		if err := mapping.Set(text); err != nil {
			return nil, err
		}
	}
	return mapping, nil
}

type userImportLDAPCommand struct {
	doorFlags
	directoryFlags
	URL          string `required:"" placeholder:"URL" help:"Ask this directory: ldaps://HOST, ldap://HOST or ldapi://SOCKET."`
	Base         string `required:"" placeholder:"DN" help:"Search below this entry."`
	Filter       string `default:"(objectClass=person)" placeholder:"FILTER" help:"Take the entries that this filter finds."`
	BindDN       string `placeholder:"DN" help:"Log on as this entry; without it, anonymously."`
	PasswordFile string `placeholder:"FILE" help:"Read the password of --bind-dn from the one line of FILE, - for stdin."`
	StartTLS     bool   `name:"start-tls" help:"Speak TLS after the connection to ldap:// was made."`
	CA           string `name:"ca" placeholder:"FILE" help:"Trust the CAs in this PEM file instead of the system's."`
	Plain        bool   `help:"Send the password without TLS to another machine, too."`
	Plan         bool   `help:"Print what would become of each entry, and add nothing."`
}

// Help says what is taken over.
func (userImportLDAPCommand) Help() string {
	return `Entries become users without a static password. Users who are there already are left as they are, so the command may be repeated.

By default a user ID is uid or sAMAccountName, and name, email, mobile, phone, description and orgUnit come from the usual attributes. An account that Active Directory has disabled is added disabled.`
}

// Run adds the users of a directory who are not there yet.
func (c *userImportLDAPCommand) Run(ctx context.Context, std streams) error {
	mapping, err := c.mapping()
	if err != nil {
		return err
	}
	directory, err := c.connect(std)
	if err != nil {
		return err
	}
	defer directory.Close()
	door, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	options := bulk.Options{Name: c.Base, DryRun: c.Plan, Continue: true, PassExisting: true}
	if c.Plan && !c.JSON {
		options.Planned = func(name, userID, outcome string) {
			fmt.Fprintf(std.Out, "%s: %s (%s)\n", names.Shown(userID), outcome, names.Shown(name))
		}
	}
	result, err := bulk.Run(ctx, door, func() (bulk.Source, error) {
		return bulk.LDAP(directory, bulk.Search{Base: c.Base, Filter: c.Filter, Mapping: mapping, Domain: c.Domain})
	}, options)
	flags := importFlags{doorFlags: c.doorFlags, File: c.Base, DryRun: c.Plan, Continue: true}
	flags.tell(std, result, err)
	return errors.Join(err, door.Close(), flags.print(std, result))
}

// connect reaches the directory and logs on.
func (c *userImportLDAPCommand) connect(std streams) (*ldap.Conn, error) {
	target, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("--url: %w", err)
	}
	password := ""
	if c.BindDN != "" {
		if c.PasswordFile == "" {
			return nil, errors.New("--bind-dn needs --password-file")
		}
		if password, err = readLine(std, c.PasswordFile); err != nil {
			return nil, err
		}
		if target.Scheme == "ldap" && !c.StartTLS && !c.Plain && !isLoopback(target.Hostname()) {
			return nil, hint.Add(errors.New("the password would travel unencrypted"), "use ldaps://, --start-tls or, where that is meant, --plain")
		}
	}
	secure, err := c.tls(target.Hostname())
	if err != nil {
		return nil, err
	}
	conn, err := ldap.DialURL(c.URL, ldap.DialWithTLSConfig(secure), ldap.DialWithDialer(&net.Dialer{Timeout: ldapTimeout}))
	if err != nil {
		return nil, fmt.Errorf("reach the directory: %w", err)
	}
	conn.SetTimeout(ldapTimeout)
	if c.StartTLS {
		err = conn.StartTLS(secure)
	}
	if err == nil && c.BindDN != "" {
		err = conn.Bind(c.BindDN, password)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("log on to the directory: %w", err), conn.Close())
	}
	return conn, nil
}

func isLoopback(host string) bool {
	address := net.ParseIP(host)
	return address != nil && address.IsLoopback() || strings.EqualFold(host, "localhost")
}

func (c *userImportLDAPCommand) tls(host string) (*tls.Config, error) {
	secure := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if c.CA == "" {
		return secure, nil
	}
	text, err := os.ReadFile(c.CA)
	if err != nil {
		return nil, err
	}
	secure.RootCAs = x509.NewCertPool()
	if !secure.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", c.CA)
	}
	return secure, nil
}
