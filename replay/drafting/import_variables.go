package drafting

import (
	"regexp"
	"slices"
	"strings"
)

// expandVariables puts in what the variables in a text stand for, to any depth
// and up to a size, and returns the names of those that have no value, which
// stay as they are.
func expandVariables(text string, form *regexp.Regexp, value func(name string) (string, bool)) (expanded string, missing []string) {
	left := maxMessage // bytes that may be put in
	var expand func(text string, within []string) string
	expand = func(text string, within []string) string {
		return form.ReplaceAllStringFunc(text, func(whole string) string {
			name := strings.TrimSpace(form.FindStringSubmatch(whole)[1])
			found, known := value(name)
			left -= len(found)
			if !known || slices.Contains(within, name) || left < 0 {
				if !slices.Contains(missing, name) {
					missing = append(missing, name)
				}
				return whole
			}
			return expand(found, append(slices.Clone(within), name))
		})
	}
	return expand(text, nil), missing
}

// draftNow drafts an exchange before what comes after it is read, and returns
// its reply, or the one that is presumed; nil: none is.
func (i *Importer) draftNow(r Recorded) (*message, error) {
	n, err := i.Drafter.Add(r)
	if err != nil {
		return nil, err
	}
	all := i.Drafter.sorter.flows[n].exchanges
	e, err := readRecorded(*all[len(all)-1], false)
	if err != nil {
		return nil, err
	}
	return e.reply, nil
}
