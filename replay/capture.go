package replay

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/beevik/etree"
)

// capture is one place that a value is taken from.
type capture struct {
	name     string // with its phone
	phone    string
	exchange int
	path     string
	compiled etree.Path
}

// parseCaptures understands the captures of a header. The error of each is
// under its name.
func parseCaptures(table map[string]any) ([]capture, map[string]error) {
	var all []capture
	wrong := map[string]error{}
	add := func(phone, name string, value any) {
		full := transcript.CaptureName(phone, name)
		if !isName(name) || reserved(name) {
			wrong[full] = fmt.Errorf("%q cannot name a capture: letters, digits, - and _, a letter first, and no word of a placeholder", name)
			return
		}
		places, err := capturePlaces(value)
		for _, at := range places {
			var c capture
			if c, err = parsePlace(at); err != nil {
				break
			}
			c.name, c.phone = full, phone
			all = append(all, c)
		}
		if err != nil {
			wrong[full] = fmt.Errorf("capture %s: %w", full, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		ofItsOwn, isTable := table[name].(map[string]any)
		if !isTable {
			add("", name, table[name])
			continue
		}
		for _, inner := range slices.Sorted(maps.Keys(ofItsOwn)) {
			add(name, inner, ofItsOwn[inner])
		}
	}
	return all, wrong
}

// capturePlaces reads one text or a list of texts.
func capturePlaces(value any) ([]string, error) {
	switch v := value.(type) {
	case string:
		return []string{v}, nil
	case []any:
		var all []string
		for _, each := range v {
			text, ok := each.(string)
			if !ok {
				return nil, errPlace
			}
			all = append(all, text)
		}
		return all, nil
	}
	return nil, errPlace
}

const errPlace templateError = `a place is a text, the number of an exchange and a path in its reply: "1 registrationID"`

// parsePlace reads "N PATH".
func parsePlace(text string) (capture, error) {
	exchange, path, found := strings.Cut(strings.TrimSpace(text), " ")
	path = strings.TrimSpace(path)
	n, err := strconv.Atoi(exchange)
	if !found || err != nil || n < 1 || path == "" {
		return capture{}, errPlace
	}
	compiled, err := xmltree.CompilePath(path)
	if err != nil {
		return capture{}, err
	}
	return capture{exchange: n, path: path, compiled: compiled}, nil
}
