package audit

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
)

// appendLine writes the line of an event, which is the JSON that encoding/json
// makes of it, byte for byte, at a fraction of its cost: there is one for each
// decision.
func (e Event) appendLine(to []byte) ([]byte, error) {
	l := append(to, `{"run":`...)
	l = appendText(l, e.Run)
	l = append(l, `,"time":"`...)
	l, err := e.Time.AppendText(l)
	if err != nil {
		return nil, fmt.Errorf("line of the audit: %w", err)
	}
	l = append(l, `","random":`...)
	l = appendText(l, e.Random)
	l = appendMember(l, `,"requestID":`, e.RequestID)
	l = append(l, `,"operation":`...)
	l = appendText(l, e.Operation)
	l = appendMember(l, `,"componentType":`, e.ComponentType)
	l = appendMember(l, `,"address":`, e.Address)
	l = appendMember(l, `,"operator":`, e.Operator)
	l = appendMember(l, `,"domain":`, e.Domain)
	l = appendMember(l, `,"userID":`, e.UserID)
	l = appendMember(l, `,"serialNumber":`, e.SerialNumber)
	l = appendMember(l, `,"registrationID":`, e.RegistrationID)
	l = appendMember(l, `,"policy":`, e.Policy)
	l = e.Status.appendTo(append(l, `,"status":`...))
	l = e.Wire.appendTo(append(l, `,"wire":`...))
	if l, err = appendChecks(l, e.Checks); err != nil {
		return nil, err
	}
	l = append(l, `,"reason":`...)
	l = appendText(l, e.Reason)
	if e.Times != 0 {
		l = append(l, `,"times":`...)
		l = strconv.AppendInt(l, int64(e.Times), 10)
	}
	l = appendTexts(l, `,"happened":`, e.Happened)
	if e.MAC != (Digest{}) {
		l = append(l, `,"mac":"`...)
		l = append(hex.AppendEncode(l, e.MAC[:]), '"')
	}
	return append(l, '}'), nil
}

func (s Status) appendTo(l []byte) []byte {
	l = append(l, `{"returnCode":`...)
	l = strconv.AppendInt(l, int64(s.ReturnCode), 10)
	l = append(l, `,"returnCodeEnum":`...)
	l = appendText(l, s.ReturnCodeEnum)
	l = append(l, `,"statusCode":`...)
	l = strconv.AppendInt(l, int64(s.StatusCode), 10)
	l = append(l, `,"statusCodeEnum":`...)
	l = appendText(l, s.StatusCodeEnum)
	return append(l, '}')
}

func appendChecks(l []byte, checks []Check) ([]byte, error) {
	if len(checks) == 0 {
		return l, nil
	}
	for i, c := range checks {
		if i == 0 {
			l = append(l, `,"checks":[{"name":`...)
		} else {
			l = append(l, `,{"name":`...)
		}
		l = appendText(l, c.Name)
		l = appendMember(l, `,"detail":`, c.Detail)
		if len(c.Settings) > 0 {
			var err error
			if l, err = appendRaw(append(l, `,"settings":`...), c.Settings); err != nil {
				return nil, err
			}
		}
		l = append(l, '}')
	}
	return append(l, ']'), nil
}

// appendMember writes a text that is left out where it is empty.
func appendMember(l []byte, name, text string) []byte {
	if text == "" {
		return l
	}
	return appendText(append(l, name...), text)
}

// appendTexts writes a list that is left out where it is empty.
func appendTexts(l []byte, name string, texts []string) []byte {
	if len(texts) == 0 {
		return l
	}
	l = append(l, name...)
	for i, text := range texts {
		if i == 0 {
			l = append(l, '[')
		} else {
			l = append(l, ',')
		}
		l = appendText(l, text)
	}
	return append(l, ']')
}

// appendText writes a string. What needs an escape is left to encoding/json.
func appendText(l []byte, text string) []byte {
	for i := range len(text) {
		if !isPlain(text[i]) {
			escaped, _ := json.Marshal(text) // no string is refused
			return append(l, escaped...)
		}
	}
	l = append(l, '"')
	l = append(l, text...)
	return append(l, '"')
}

// isPlain reports whether a byte stands for itself within a string.
func isPlain(b byte) bool {
	return ' ' <= b && b < 0x80 && b != '"' && b != '\\' && b != '<' && b != '>' && b != '&'
}

// appendRaw writes JSON without white space, as encoding/json does. What may
// need a change is left to it.
func appendRaw(l []byte, text json.RawMessage) ([]byte, error) {
	for _, b := range text {
		if !isPlain(b) && b != '"' || b == ' ' {
			changed, err := json.Marshal(text)
			if err != nil {
				return nil, fmt.Errorf("line of the audit: %w", err)
			}
			return append(l, changed...), nil
		}
	}
	return append(l, text...), nil
}
