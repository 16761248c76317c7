package datafolder

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dsappd/dsappd/internal/server/console"
)

// checkBrand refuses a name or a link that the page cannot show. ReadLogo
// checks the logo.
func (s ConsoleSettings) checkBrand() error {
	var errName error
	if length := utf8.RuneCountInString(s.Name); length < 1 || length > 60 || strings.ContainsFunc(s.Name, isNotGraphic) {
		errName = fmt.Errorf("console.name is %q; it must have 1 to 60 characters, all of them visible", s.Name)
	}
	_, err := console.ParseAppLink(s.AppLink)
	if err != nil {
		err = fmt.Errorf("console.app_link is %q: %w", s.AppLink, err)
	}
	return errors.Join(errName, err)
}

func isNotGraphic(r rune) bool { return !unicode.IsGraphic(r) }

// ReadLogo reads the picture of the setting console.logo, whose name is relative
// to the data folder dir. Without the setting it returns nil. The error wraps
// ErrSettings.
func (s ConsoleSettings) ReadLogo(dir string) (*console.Logo, error) {
	if s.Logo == "" {
		return nil, nil
	}
	name := inFolder(dir, s.Logo)
	content, err := readAtMost(name, console.MaxLogo+1)
	if err != nil {
		return nil, fmt.Errorf("%w: console.logo: %w", ErrSettings, err)
	}
	logo, err := console.ParseLogo(content)
	if err != nil {
		return nil, fmt.Errorf("%w: console.logo: %s: %w", ErrSettings, name, err)
	}
	return logo, nil
}

// readAtMost reads the beginning of a file.
func readAtMost(name string, size int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, size))
}
