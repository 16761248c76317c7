package operation

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/dsappd/dsappd/internal/provision"
)

// WithoutMasked takes out of a refusal's words, for the peer and for the log,
// what they repeat of attributes that were sent as masked. They repeat none
// that the command passed over.
func (t *Table) WithoutMasked(err error, f Form, sent []Sent) error {
	refusal, ok := errors.AsType[*provision.Error](err)
	if !ok {
		return err
	}
	done := map[string]bool{}
	for _, a := range sent {
		taken := slices.Contains(f.In(), strings.TrimPrefix(a.ID, t.Prefix))
		if taken && !done[a.ID] && a.Value != nil && a.masked() {
			done[a.ID] = true // a repetition has the same value
			refusal = refusal.Without(repeated(a.Value.Text), "("+a.ID+", masked)")
		}
	}
	return refusal
}

// repeated finds a value in words: as a word of its own or in quotes, in any
// letter case, and in the forms that a normalisation may give it.
func repeated(value string) *regexp.Regexp {
	var forms []string
	for _, form := range []string{value, strings.TrimSpace(value), norm.NFC.String(value), norm.NFKC.String(value)} {
		quoted := strconv.Quote(form)
		for _, written := range []string{form, quoted, quoted[1 : len(quoted)-1]} {
			if written = strings.TrimSpace(written); written != "" {
				forms = append(forms, edge(written, 0)+regexp.QuoteMeta(written)+edge(written, len(written)-1))
			}
		}
	}
	return regexp.MustCompile(`(?i)` + strings.Join(append(forms, `\z\A.`), "|"))
}

// edge keeps a form from being found inside a word.
func edge(form string, at int) string {
	if c := form[at]; c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_' {
		return `\b`
	}
	return ""
}
