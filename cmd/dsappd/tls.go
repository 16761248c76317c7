package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/hint"
)

// tlsCommand is about the certificates that clients see.
type tlsCommand struct {
	Show   tlsShowCommand   `cmd:"" help:"Print the certificates of a data folder, and how to make clients trust them."`
	Client tlsClientCommand `cmd:"" help:"Make a client certificate under the folder's CA."`
	Renew  tlsRenewCommand  `cmd:"" help:"Make a new server certificate under the folder's CA, and the CA if there is none."`
}

// tlsFlags are those of every command about certificates.
type tlsFlags struct {
	Dir string `required:"" env:"DSAPPD_DIR" placeholder:"DIR" help:"Use this data folder."`
	jsonFlag
}

type tlsShowCommand struct {
	tlsFlags
}

func (c *tlsShowCommand) Run(std streams) error {
	return c.show(std)
}

// show prints the certificates as they are.
func (f tlsFlags) show(std streams) error {
	shown, err := datafolder.ShowCertificates(f.Dir)
	if err != nil {
		return err
	}
	if f.JSON {
		return printJSON(std.Out, shown)
	}
	return printCertificates(std.Out, f.Dir, shown)
}

type tlsRenewCommand struct {
	tlsFlags
	Host  []string `placeholder:"NAME" help:"Name this host in the certificate as well, by name or IP address; may be repeated."`
	NewCA bool     `name:"new-ca" help:"Make a new CA too. Clients must then trust the new one."`
}

// Run prints the same as show, as there is news for clients where there is a
// new CA. A server that is running needs no word.
func (c *tlsRenewCommand) Run(std streams) error {
	if err := datafolder.RenewCertificate(c.Dir, datafolder.CertificateOptions{Hosts: c.Host, NewCA: c.NewCA}); err != nil {
		return err
	}
	return c.show(std)
}

func printCertificates(w io.Writer, dir string, shown datafolder.Certificates) error {
	var text strings.Builder
	for _, server := range shown.Servers {
		fmt.Fprintf(&text, "%s, the certificate of %s\n%s\n\n", server.File, strings.Join(server.Listeners, ", "),
			fields("for", strings.Join(server.Hosts, ", "), "until", until(server), "SHA-256", server.SHA256))
	}
	if shown.CA == nil {
		fmt.Fprintf(&text, "%s has no CA of its own: make one with: dsappd tls renew --dir %s\n", dir, hint.ShellWord(dir))
	} else {
		fmt.Fprintf(&text, "%s, the CA %s\n%s\n\n%s", shown.CA.File, shown.CA.Subject,
			fields("until", until(*shown.CA), "SHA-256", shown.CA.SHA256), trust(shown.CA.File))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func until(c datafolder.Certificate) string { return c.NotAfter.Format(time.DateOnly) }

// trust says how clients are told to trust the CA in a file.
func trust(file string) string {
	if absolute, err := filepath.Abs(file); err == nil {
		file = absolute
	}
	key := strings.TrimSuffix(file, filepath.Ext(file)) + ".key"
	return strings.NewReplacer("CA.PEM", hint.ShellWord(file), "CA.TEXT", strings.ReplaceAll(file, `\`, `\\`), "CA.KEY", key).Replace(trustText)
}

const trustText = `TLS is served where other machines can reach the address, and on loopback too
with: dsappd serve --tls. Clients trust the server by its CA:
  curl             curl --cacert CA.PEM 'https://localhost:8888/?wsdl'
  Python, zeep     REQUESTS_CA_BUNDLE=CA.PEM python3
  PHP              new SoapClient($wsdl, ["stream_context" => stream_context_create(
                       ["ssl" => ["cafile" => "CA.TEXT"]])])
  Java             keytool -importcert -noprompt -alias dsappd -storetype PKCS12 \
                       -keystore trust.p12 -storepass changeit -file CA.PEM
                   java -Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=changeit
  Node             NODE_EXTRA_CA_CERTS=CA.PEM node
  Perl             PERL_LWP_SSL_CA_FILE=CA.PEM perl
  Go and .NET      SSL_CERT_FILE=CA.PEM, on Linux
  Windows, .NET    certutil -user -addstore Root CA.PEM
  macOS            security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db CA.PEM
  Debian           cp CA.PEM /usr/local/share/ca-certificates/dsappd.crt && update-ca-certificates
  Chromium, Linux  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n dsappd -i CA.PEM
A client that trusts it trusts whatever CA.KEY signs: keep that file to yourself.
`
