package bulk

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/dsappd/dsappd/internal/server/admin"
)

// maxLine bounds a line, in bytes.
const maxLine = 64 << 10

// jsonSource reads a JSON object a line.
type jsonSource struct {
	lines  *bufio.Scanner
	number int
}

// JSONLines reads users, a JSON object a line: userID and, where wanted, domain,
// orgUnit, name, email, mobile, phone, description, disabled, and one of
// passwordHash and staticPassword.
func JSONLines(from io.Reader) Source {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLine)
	return &jsonSource{lines: lines}
}

// errJSONLine quotes nothing of the line, which may have a password in it.
var errJSONLine = errors.New("not one JSON object with userID and, where wanted, domain, orgUnit, name, email, mobile, phone, description, disabled, and one of passwordHash and staticPassword")

// jsonUser is a line; refused is what a file of refused rows has besides.
type jsonUser struct {
	admin.ImportUser
	Refused string `json:"refused,omitempty"`
}

func (s *jsonSource) Next() (Row, error) {
	for s.lines.Scan() {
		s.number++
		line := bytes.TrimSpace(s.lines.Bytes())
		if len(line) == 0 {
			continue
		}
		row := Row{Number: s.number, line: bytes.Clone(line)}
		user, err := readJSONUser(line)
		row.User, row.Refused = &user.ImportUser, err
		return row, nil
	}
	err := s.lines.Err()
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return Row{}, fmt.Errorf("%w: line %d is longer than %d KiB, which is the limit", ErrFile, s.number+1, maxLine>>10)
	case err != nil:
		return Row{}, fmt.Errorf("%w: line %d: %w", ErrFile, s.number+1, err)
	}
	return Row{}, io.EOF
}

func readJSONUser(line []byte) (jsonUser, error) {
	var user jsonUser
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	var given struct{ StaticPassword, PasswordHash *string }
	if decoder.Decode(&user) != nil || user.UserID == "" || json.Unmarshal(line, &given) != nil {
		return user, errJSONLine
	}
	empty := given.StaticPassword != nil && user.StaticPassword == "" || given.PasswordHash != nil && user.PasswordHash == ""
	if empty || given.StaticPassword != nil && given.PasswordHash != nil {
		return user, errJSONLine
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return user, errJSONLine
	}
	return user, nil
}

// NewRefusals begins a file of the same lines, each with a member more, where it
// can be read.
func (s *jsonSource) NewRefusals() Refusals { return jsonRefusals{} }

type jsonRefusals struct{}

func (jsonRefusals) Refuse(row Row, why string) ([]byte, error) {
	user, err := readJSONUser(row.line)
	if err != nil {
		return append(bytes.Clone(row.line), '\n'), nil
	}
	user.Refused = fmt.Sprintf("line %d: %s", row.Number, why)
	line, err := json.Marshal(user)
	return append(line, '\n'), err
}
