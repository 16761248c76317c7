package main

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/atomicfile"
	"github.com/dsappd/dsappd/wsdl"
)

type wsdlCommand struct {
	jsonFlag
	Interface string `arg:"" optional:"" enum:"${interfaces}" default:"provisioning" help:"Print the WSDL of this interface: ${enum}; ${default} if not given."`
	Out       string `placeholder:"DIR" help:"Write the WSDLs of all interfaces and the schemas into this folder, made if need be; without it, print one WSDL."`
	URL       string `name:"url" default:"http://127.0.0.1:8888/" placeholder:"URL" help:"Name this endpoint in the WSDL; ${default} if not given."`
}

// Validate refuses what no client could call.
func (c *wsdlCommand) Validate() error {
	at, err := url.Parse(c.URL)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
		return fmt.Errorf("--url is %q: give the URL of the SOAP interface, such as https://provisioning.example:8888/", c.URL)
	}
	return nil
}

func (c *wsdlCommand) Run(std streams) error {
	if c.Out == "" {
		_, err := std.Out.Write(wsdl.DocumentOf(c.Interface, c.URL))
		return err
	}
	if err := os.MkdirAll(c.Out, 0o777); err != nil { // less the umask
		return fmt.Errorf("make the folder: %w", err)
	}
	files := wsdl.Files(c.URL)
	var written []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(c.Out, name)
		if err := atomicfile.Write(path, files[name], 0o644); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		written = append(written, path)
	}
	if c.JSON {
		return printJSON(std.Out, map[string][]string{"files": written})
	}
	_, err := fmt.Fprintln(std.Out, strings.Join(written, "\n"))
	return err
}
