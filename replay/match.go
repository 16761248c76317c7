package replay

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// values is what placeholders stand for.
type values interface {
	// capture is the value of a name.
	capture(name string) (string, error)
	// compute is the value of a call.
	compute(c call) (string, error)
	// open decrypts an item of activation data by the key of a phone.
	open(phone, item string, e encrypted) (string, error)
}

// fixed says that a part stands for one text, and which.
func (p part) fixed(v values) (string, bool, error) {
	switch p.kind {
	case literal, quoted:
		return p.text, true, nil
	case captured:
		text, err := v.capture(p.text)
		return text, true, err
	case computed:
		text, err := v.compute(p.call)
		return text, true, err
	}
	return "", false, nil
}

// fill puts every value into the text. Values from outside the text are
// escaped; what stands in it, and {{"text"}}, is not.
func (t template) fill(v values, escape func(string) string) (string, error) {
	var out strings.Builder
	for _, p := range t {
		text, _, err := p.fixed(v)
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.shown(), err)
		}
		if p.kind == captured || p.kind == computed {
			text = escape(text)
		}
		out.WriteString(text)
	}
	return out.String(), nil
}

// shown puts in what is fixed, and leaves the rest as it is written.
func (t template) shown(v values) string {
	var out strings.Builder
	for _, p := range t {
		text, fixed, err := p.fixed(v)
		if !fixed || err != nil {
			text = p.shown()
		}
		out.WriteString(text)
	}
	return out.String()
}

// fits says whether a text is what the template describes.
func (t template) fits(got string, v values) (bool, error) {
	if len(t) == 1 && t[0].kind == pattern {
		return t[0].expr.MatchString(got), nil
	}
	return t.match(got, v, true)
}

// inside reports whether a text has somewhere what the template describes.
func (t template) inside(text string, v values) (bool, error) { return t.match(text, v, false) }

// match looks for what the template describes: as the whole of a text, or
// somewhere in it.
func (t template) match(got string, v values, whole bool) (bool, error) {
	var expr, plain strings.Builder
	var ranges []part
	free := false
	for _, p := range t {
		text, isFixed, err := p.fixed(v)
		if err != nil {
			return false, fmt.Errorf("%s: %w", p.shown(), err)
		}
		if isFixed {
			plain.WriteString(text)
			expr.WriteString(regexp.QuoteMeta(text))
			continue
		}
		free = true
		if p.kind == number {
			fmt.Fprintf(&expr, "(?P<%s>[+-]?[0-9]+)", rangeName(len(ranges)))
			ranges = append(ranges, p)
			continue
		}
		expr.WriteString(p.expression())
	}
	start, end := `(?s)`, ""
	switch {
	case !free && whole:
		return got == plain.String(), nil
	case !free:
		return strings.Contains(got, plain.String()), nil
	case whole:
		start, end = `(?s)\A`, `\z`
	}
	compiled, err := regexp.Compile(start + expr.String() + end)
	if err != nil {
		return false, fmt.Errorf("the patterns of a value together: %w", err)
	}
	return slices.ContainsFunc(compiled.FindAllStringSubmatch(got, -1), func(found []string) bool {
		for i, p := range ranges {
			if !p.within(found[compiled.SubexpIndex(rangeName(i))]) {
				return false
			}
		}
		return true
	}), nil
}

// rangeName names the group of a range's number among those of patterns.
func rangeName(i int) string { return fmt.Sprintf("range_%d", i) }

// expression returns the regular expression of a free part.
func (p part) expression() string {
	switch p.kind {
	case pattern:
		return "(?-s:" + p.text + ")"
	case anything:
		return "(?:.*)"
	case several:
		var each []string
		for _, text := range p.accept {
			each = append(each, regexp.QuoteMeta(text))
		}
		slices.SortFunc(each, func(a, b string) int { return len(b) - len(a) })
		return "(?:" + strings.Join(each, "|") + ")"
	}
	return "(?:.+)"
}

// within says whether a whole number is in a range.
func (p part) within(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return false
	}
	low, noLow := strconv.ParseInt(p.low, 10, 64)
	high, noHigh := strconv.ParseInt(p.high, 10, 64)
	return (noLow != nil || n >= low) && (noHigh != nil || n <= high)
}
