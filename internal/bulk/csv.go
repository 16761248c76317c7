package bulk

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
)

// ErrFile means that a file cannot be read as what it is to be.
var ErrFile = errors.New("the file cannot be read")

// Kind is what the rows of a file are about.
type Kind int

// The kinds. A row of Users adds a user, and may add or assign an authenticator.
// A row of Authenticators adds an authenticator if it has a secret, and assigns
// it if it names a user.
const (
	Users Kind = iota
	Authenticators
)

// column is a column of CSV. Its names count without case, spaces, hyphens and
// underscores.
type column struct {
	names []string
	set   func(*fields, string) error
}

// fields are what the columns of a row say.
type fields struct {
	user          admin.ImportUser
	authenticator admin.AddAuthenticator
	policy        string
}

// columns is the table of them. The first name is the one that is documented.
var columns = []column{
	{[]string{"userID", "user", "login", "username"}, text(func(f *fields) *string { return &f.user.UserID })},
	{[]string{"domain"}, text(func(f *fields) *string { return &f.user.Domain })},
	{[]string{"staticPassword", "password"}, func(f *fields, s string) error { f.user.StaticPassword = s; return nil }},
	{[]string{"passwordHash", "hash"}, text(func(f *fields) *string { return &f.user.PasswordHash })},
	{[]string{"orgUnit", "organizationalUnit", "ou"}, text(func(f *fields) *string { return &f.user.OrgUnit })},
	{[]string{"name", "fullName", "displayName"}, text(func(f *fields) *string { return &f.user.Name })},
	{[]string{"email", "mail", "emailAddress"}, text(func(f *fields) *string { return &f.user.Email })},
	{[]string{"mobile"}, text(func(f *fields) *string { return &f.user.Mobile })},
	{[]string{"phone", "telephone"}, text(func(f *fields) *string { return &f.user.Phone })},
	{[]string{"description"}, text(func(f *fields) *string { return &f.user.Description })},
	{[]string{"disabled"}, func(f *fields, s string) (err error) { f.user.Disabled, err = yes("disabled", s); return err }},
	{[]string{"serialNumber", "serial", "authenticator"}, text(func(f *fields) *string { return &f.authenticator.SerialNumber })},
	{[]string{"secret"}, text(func(f *fields) *string { return &f.authenticator.Secret })},
	{[]string{"type"}, func(f *fields, s string) error {
		f.authenticator.Type = oath.Type(strings.ToLower(strings.TrimSpace(s)))
		return nil
	}},
	{[]string{"algorithm"}, func(f *fields, s string) error {
		f.authenticator.Algorithm = oath.Algorithm(strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(s)), "-", ""))
		return nil
	}},
	{[]string{"digits"}, func(f *fields, s string) (err error) {
		f.authenticator.Digits, err = whole("digits", s)
		return err
	}},
	{[]string{"movingFactor", "counter"}, func(f *fields, s string) error {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return fmt.Errorf("the movingFactor %q is not a number", s)
		}
		f.authenticator.MovingFactor = n
		return nil
	}},
	{[]string{"activationType"}, func(f *fields, s string) error {
		f.authenticator.ActivationType = admin.ActivationType(strings.ToLower(s))
		return nil
	}},
	{[]string{"limit"}, func(f *fields, s string) (err error) {
		f.authenticator.Limit, err = whole("limit", s)
		return err
	}},
	{[]string{"policy"}, text(func(f *fields) *string { return &f.policy })},
	{[]string{"refused"}, func(*fields, string) error { return nil }}, // of a file of refused rows
}

// text sets a field to a text without the space around it.
func text(field func(*fields) *string) func(*fields, string) error {
	return func(f *fields, s string) error { *field(f) = strings.TrimSpace(s); return nil }
}

func yes(what, s string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "yes", "1":
		return true, nil
	case "false", "no", "0":
		return false, nil
	}
	return false, fmt.Errorf("%s is %q: give yes or no", what, s)
}

func whole(what, s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 0, fmt.Errorf("%s is %q: give a number", what, s)
	}
	return n, nil
}

// csvSource reads rows of CSV under a header.
type csvSource struct {
	kind    Kind
	reader  *csv.Reader
	comma   rune
	header  []string
	columns []*column
	unread  bool // the encoding was not named, and texts may be in another
}

// CSV reads rows of CSV (RFC 4180) with a header, whose names may stand in any
// order. Fields are divided by commas, semicolons or tabs, whichever the header
// has. The text is UTF-8, or UTF-16 with a byte order mark; windows1252 says that
// it is Windows-1252.
func CSV(from io.Reader, kind Kind, windows1252 bool) (Source, error) {
	decoded := bufio.NewReaderSize(decode(from, windows1252), 64<<10)
	s := &csvSource{kind: kind, comma: commaOf(decoded), unread: !windows1252}
	s.reader = csv.NewReader(decoded)
	s.reader.Comma = s.comma
	header, err := s.reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, hint.Add(fmt.Errorf("%w: it is empty", ErrFile), "begin it with a line of names, such as userID,email")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	s.header = header
	return s, s.readHeader()
}

// decode reads the text in UTF-8, without a byte order mark.
func decode(from io.Reader, windows1252 bool) io.Reader {
	var named encoding.Encoding = encoding.Nop
	if windows1252 {
		named = charmap.Windows1252
	}
	return transform.NewReader(from, unicode.BOMOverride(named.NewDecoder()))
}

// commaOf returns what divides the fields of the first line.
func commaOf(in *bufio.Reader) rune {
	line, _ := in.Peek(4096)
	line, _, _ = bytes.Cut(line, []byte("\n"))
	best, most := ',', 0
	for _, comma := range []rune{',', ';', '\t'} {
		if n := bytes.Count(line, []byte(string(comma))); n > most {
			best, most = comma, n
		}
	}
	return best
}

// readHeader finds the columns, and refuses a header that has others, or not
// those without which no row is anything.
func (s *csvSource) readHeader() error {
	var unknown []string
	for _, name := range s.header {
		found := columnNamed(name)
		if found == nil {
			unknown = append(unknown, strconv.Quote(name))
		} else if slices.Contains(s.columns, found) {
			return fmt.Errorf("%w: line 1: it has the column %s twice", ErrFile, found.names[0])
		}
		s.columns = append(s.columns, found)
	}
	if len(unknown) > 0 {
		return hint.Add(fmt.Errorf("%w: line 1 has columns that are not known: %s", ErrFile, strings.Join(unknown, ", ")),
			"the columns are %s", strings.Join(columnNames(), ", "))
	}
	needed := "userID"
	if s.kind == Authenticators {
		needed = "serialNumber"
	}
	if !slices.Contains(s.columns, columnNamed(needed)) {
		return fmt.Errorf("%w: line 1 lacks the column %s", ErrFile, needed)
	}
	return nil
}

// columnNamed finds a column by any of its names; nil: there is none.
func columnNamed(name string) *column {
	plain := strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(name))
	for i := range columns {
		for _, known := range columns[i].names {
			if strings.ToLower(known) == plain {
				return &columns[i]
			}
		}
	}
	return nil
}

func columnNames() []string {
	var all []string
	for _, c := range columns[:len(columns)-1] {
		all = append(all, c.names[0])
	}
	return all
}

// Next reads a row. One that is no CSV is refused, and the next line is read.
func (s *csvSource) Next() (Row, error) {
	record, err := s.reader.Read()
	if errors.Is(err, io.EOF) {
		return Row{}, io.EOF
	}
	parse, broken := errors.AsType[*csv.ParseError](err)
	if err != nil && !broken {
		return Row{}, fmt.Errorf("%w: %w", ErrFile, err)
	}
	if broken {
		return Row{Number: parse.StartLine, Refused: s.refusal(parse, record), fields: record}, nil
	}
	line, _ := s.reader.FieldPos(0)
	row := Row{Number: line, fields: record}
	row.ImportRow, row.Refused = s.row(record)
	return row, nil
}

// refusal says what is wrong with a line in words.
func (s *csvSource) refusal(parse *csv.ParseError, record []string) error {
	switch {
	case errors.Is(parse, csv.ErrFieldCount):
		return fmt.Errorf("it has %d fields, and the header has %d", len(record), len(s.header))
	case errors.Is(parse, csv.ErrQuote):
		return errors.New("a quote does not end: write \"\" for a quote within quotes")
	case errors.Is(parse, csv.ErrBareQuote):
		return errors.New("a quote stands inside a field: put the field in quotes, and write \"\" for the quote")
	}
	return parse.Err
}

// row makes of the fields of a line what they say.
func (s *csvSource) row(record []string) (admin.ImportRow, error) {
	var f fields
	for i, value := range record {
		if !utf8.ValidString(value) {
			if s.unread {
				return admin.ImportRow{}, fmt.Errorf("its %s is not UTF-8: is the file Windows-1252? Then say so with --windows-1252", s.columns[i].names[0])
			}
			return admin.ImportRow{}, fmt.Errorf("its %s holds bytes that are no text", s.columns[i].names[0])
		}
		if value == "" {
			continue
		}
		if err := s.columns[i].set(&f, value); err != nil {
			return admin.ImportRow{}, err
		}
	}
	return f.row(s.kind)
}

// row puts together what a row adds.
func (f fields) row(kind Kind) (admin.ImportRow, error) {
	var row admin.ImportRow
	if kind == Users {
		row.User = &f.user
	}
	if f.authenticator.Secret != "" {
		f.authenticator.Domain = f.user.Domain
		f.authenticator.Type = orElse(f.authenticator.Type, oath.HOTP)
		f.authenticator.Algorithm = orElse(f.authenticator.Algorithm, oath.SHA1)
		f.authenticator.Digits = orElse(f.authenticator.Digits, 6)
		row.Authenticator = &f.authenticator
	}
	if f.authenticator.SerialNumber != "" && f.user.UserID != "" {
		row.Assign = &admin.ImportAssignment{SerialNumber: f.authenticator.SerialNumber, UserID: f.user.UserID, Policy: f.policy}
	}
	switch {
	case kind == Users && f.user.UserID == "":
		return row, errors.New("its userID is empty")
	case kind == Authenticators && f.authenticator.SerialNumber == "":
		return row, errors.New("its serialNumber is empty")
	case f.authenticator.Secret != "" && f.authenticator.SerialNumber == "":
		return row, errors.New("it has a secret and no serialNumber")
	case kind == Authenticators && row.Authenticator == nil && row.Assign == nil:
		return row, errors.New("it has neither a secret to add nor a userID to assign to")
	}
	return row, nil
}

func orElse[T comparable](value, other T) T {
	var none T
	if value == none {
		return other
	}
	return value
}

// NewRefusals begins a file with the same columns and one more, which an import
// passes over.
func (s *csvSource) NewRefusals() Refusals { return &csvRefusals{source: s} }

type csvRefusals struct {
	source *csvSource
	begun  bool
}

func (r *csvRefusals) Refuse(row Row, why string) ([]byte, error) {
	var text bytes.Buffer
	writer := csv.NewWriter(&text)
	writer.Comma = r.source.comma
	at := slices.Index(r.source.columns, columnNamed("refused"))
	if !r.begun {
		header := r.source.header
		if at < 0 {
			header = append(slices.Clone(header), "refused")
		}
		_ = writer.Write(header)
		r.begun = true
	}
	record := slices.Clone(row.fields)
	why = fmt.Sprintf("line %d: %s", row.Number, why)
	if at >= 0 && at < len(record) {
		record[at] = why
	} else {
		record = append(record, why)
	}
	_ = writer.Write(record)
	writer.Flush()
	return text.Bytes(), writer.Error()
}
