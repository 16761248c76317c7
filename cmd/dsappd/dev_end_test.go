package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A lab of a program that holds standard input ends with it, and says all on one
// line: also the keys that it has drawn for a file.
func TestDevEndsWithItsInput(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "lab.toml")
	text := "[[user]]\nid = \"anna\"\npassword = \"Wonder-1and\"\n[[gateway_key]]\nname = \"mine\"\nside = \"front\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in, hold := io.Pipe()
	out, printed := io.Pipe()
	ended := make(chan error, 1)
	command := devCommand{FreePorts: true, JSON: true, UntilEOF: true, Apply: file}
	go func() {
		err := command.Run(t.Context(), streams{In: in, Out: printed, Err: io.Discard})
		printed.CloseWithError(err)
		ended <- err
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	var lab devLab
	if err == nil {
		err = json.Unmarshal([]byte(line), &lab)
	}
	if err != nil || len(lab.Users) != 1 || lab.Users[0].Password != "Wonder-1and" || lab.GatewayKeys["mine"] == "" {
		t.Errorf("%v, %+v", err, lab)
	}
	code, shown, said := runCommand("lab", "show", "--url", lab.URLs.Lab)
	if code != 0 || !strings.Contains(shown, "Wonder-1and") || !strings.Contains(shown, lab.GatewayKeys["mine"]) {
		t.Errorf("lab show: %d, %s%s", code, shown, said)
	}
	hold.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(lab.Dir); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", lab.Dir, err)
	}
	if code, _, said := runCommand("dev", "--until-eof", "--apply", "-"); code != exitUsage || !strings.Contains(said, "give a file") {
		t.Errorf("two readers of standard input: %d, %s", code, said)
	}
}
