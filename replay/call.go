package replay

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/replay/transcript"
)

// call is a value that a phone computes.
type call struct {
	name   string // otp, derivation-code, sign, respond, answer, A, M1, M2, device-code or signature
	serial string // of otp, derivation-code, sign and respond: a serial number or a capture; of answer: the capture of a request message
	fields string // of sign: the data fields, each with a line feed behind it; of respond: the challenge or its capture
	skip   int    // of otp: moving factors from the next one on
	device string // of device-code: ios, android or hardware; empty: android
	phone  string // empty: the one whose captures have no table
	again  bool   // the value that was computed last
	wrong  bool   // one that is not right
}

// callNames lists the words that a computed value begins with.
func callNames() []string {
	return []string{"otp", "derivation-code", "sign", "respond", "answer", "A", "M1", "M2", "device-code", "signature", "again", "wrong"}
}

func isCall(word string) bool { return slices.Contains(callNames(), word) }

// reserved says that a word cannot be the name of a capture.
func reserved(name string) bool {
	return isCall(name) || name == "any" || name == "sealed"
}

// key names the value of a call: every mention of it is the same one.
func (c call) key() string {
	c.again, c.wrong = false, false
	return fmt.Sprintf("%+v", c)
}

// needs lists the captures that a call cannot do without.
func (c call) needs() []string {
	var names []string
	switch c.name {
	case "M1", "M2", "sealed":
		names = []string{"registrationID", "activationPassword", "serverEphemeralPublicKey", "salt"}
	case "signature":
		names = []string{"activationMessage2"}
	}
	for i := range names {
		names[i] = transcript.CaptureName(c.phone, names[i])
	}
	return names
}

// parseCall understands a computed value.
func parseCall(words []word) (part, error) {
	var c call
	for len(words) > 0 && words[0].kind == bare && (words[0].text == "again" || words[0].text == "wrong") {
		c.again = c.again || words[0].text == "again"
		c.wrong = c.wrong || words[0].text == "wrong"
		words = words[1:]
	}
	if len(words) == 0 || !isCall(words[0].text) {
		return part{}, errNothingCalled
	}
	c.name = words[0].text
	var texts []string
	for _, w := range words[1:] {
		if w.kind != bare && w.kind != quote {
			return part{}, fmt.Errorf("%s takes words, not patterns", c.name)
		}
		texts = append(texts, w.text)
	}
	return part{kind: computed, call: c}.with(texts)
}

const errNothingCalled templateError = "again and wrong stand before a computed value, as in {{wrong M1}}"

// with gives a call its arguments.
func (p part) with(texts []string) (part, error) {
	c := &p.call
	switch c.name {
	case "answer":
		if len(texts) != 1 {
			return p, errNoRequest
		}
		c.serial = texts[0]
		return p, nil
	case "sign":
		if len(texts) < 2 {
			return p, errNothingSigned
		}
		c.serial, c.fields = texts[0], strings.Join(texts[1:], "\n")+"\n"
		return p, nil
	case "respond":
		if len(texts) != 2 {
			return p, errNoChallenge
		}
		c.serial, c.fields = texts[0], texts[1]
		return p, nil
	case "otp", "derivation-code":
		if len(texts) == 0 {
			return p, fmt.Errorf("%s needs a serial number, or the capture that holds it", c.name)
		}
		c.serial, texts = texts[0], texts[1:]
	case "A":
		if c.wrong {
			return p, errWrongKey
		}
	}
	if c.name == "otp" && len(texts) > 0 && (strings.HasPrefix(texts[0], "+") || strings.HasPrefix(texts[0], "-")) {
		skip, err := strconv.Atoi(texts[0])
		if err != nil || skip < -10000 || skip > 10000 {
			return p, fmt.Errorf("%q is not a number from -10000 to +10000", texts[0])
		}
		c.skip, texts = skip, texts[1:]
	}
	if c.name == "device-code" && len(texts) > 0 && slices.Contains([]string{"ios", "android", "hardware"}, texts[0]) {
		c.device, texts = texts[0], texts[1:]
	}
	if len(texts) > 0 && isName(texts[0]) && c.serial == "" {
		c.phone, texts = texts[0], texts[1:]
	}
	if len(texts) > 0 {
		return p, fmt.Errorf("%s does not take %q", c.name, texts[0])
	}
	return p, nil
}

const (
	errNothingSigned templateError = "sign needs a serial number and the data fields, as in {{sign VDS1000141 \"100\" \"EUR\"}}"
	errNoChallenge   templateError = "respond needs a serial number and a challenge, or the captures that hold them, as in {{respond VDS1000141 challenge}}"
	errNoRequest     templateError = "answer needs the capture of a request message, as in {{answer message}}"
)

const errWrongKey templateError = "there is no wrong A of the right form: write one"
