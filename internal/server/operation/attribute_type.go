package operation

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/wsdl"
)

// The types of XML Schema that attributes have.
const (
	TypeString      = "string"
	TypeInt         = "int"
	TypeUnsignedInt = "unsignedInt"
	TypeBoolean     = "boolean"
	TypeDateTime    = "dateTime"
)

// vendorNamespaces is how the namespaces of all types begin that clients of
// the interfaces know.
const vendorNamespaces = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/"

// integers are the integer types of XML Schema and their least and greatest
// values; empty: there is none.
var integers = map[string]struct{ least, greatest string }{
	"byte":               {"-128", "127"},
	"short":              {"-32768", "32767"},
	"int":                {"-2147483648", "2147483647"},
	"long":               {"-9223372036854775808", "9223372036854775807"},
	"integer":            {},
	"unsignedByte":       {"0", "255"},
	"unsignedShort":      {"0", "65535"},
	TypeUnsignedInt:      {"0", "4294967295"},
	"unsignedLong":       {"0", "18446744073709551615"},
	"nonNegativeInteger": {least: "0"},
	"positiveInteger":    {least: "1"},
	"nonPositiveInteger": {greatest: "0"},
	"negativeInteger":    {greatest: "-1"},
}

// texts are the types of XML Schema whose values are texts.
var texts = []string{
	TypeString, "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "ID", "IDREF", "ENTITY",
	"anySimpleType", "anyType",
}

// typedWrong says what is wrong with a value's xsi:type, and "" if nothing
// is. A lenient reading takes any type of the attribute's kind, and one of
// the vendor's namespaces or of a prefix that is declared nowhere as none.
func (a Attribute) typedWrong(v wsdl.Value, strict bool) string {
	claimed := v.Type
	if !strict {
		claimed = claim(claimed)
	}
	switch {
	case claimed == "":
		return ""
	case !isSimpleType(claimed):
		return "has an xsi:type that no attribute has"
	case !lexical(claimed, v.Text):
		return "has a value that is none of its xsi:type"
	case strict && claimed != a.Type, kind(claimed) != kind(a.Type):
		return "has another xsi:type than it should"
	}
	return ""
}

// claim returns the type of XML Schema that an xsi:type is taken for.
func claim(xsiType string) string {
	namespace, local, qualified := strings.Cut(strings.TrimPrefix(xsiType, "{"), "}")
	switch {
	case !qualified:
		return xsiType
	case namespace == "" && isSimpleType(local):
		return local
	case namespace == "" || strings.HasPrefix(namespace, vendorNamespaces):
		return ""
	}
	return xsiType
}

// kind returns the type that stands for all of its kind among attributes'
// types.
func kind(xsdType string) string {
	_, integer := integers[xsdType]
	switch {
	case integer:
		return TypeUnsignedInt
	case slices.Contains(texts, xsdType):
		return TypeString
	}
	return xsdType
}

// isSimpleType reports whether a type of XML Schema is one that values of
// attributes have anywhere in the interfaces, or is of the same kind.
func isSimpleType(xsdType string) bool {
	return slices.Contains([]string{TypeString, TypeUnsignedInt, "boolean", "dateTime"}, kind(xsdType))
}

// lexical reports whether a text is one of a simple type's (XML Schema, part
// 2).
func lexical(xsdType, text string) bool {
	trimmed := strings.TrimSpace(text)
	switch kind(xsdType) {
	case TypeString:
		return true
	case TypeUnsignedInt:
		return isInteger(xsdType, trimmed)
	case "boolean":
		return slices.Contains([]string{"true", "false", "1", "0"}, trimmed)
	case "dateTime":
		_, zoned := time.Parse(time.RFC3339Nano, trimmed)
		_, local := time.Parse("2006-01-02T15:04:05.999999999", trimmed)
		return zoned == nil || local == nil
	}
	return false
}

// maxDigits is far more than any attribute's number has.
const maxDigits = 40

func isInteger(xsdType, text string) bool {
	if len(text) > maxDigits {
		return false
	}
	number, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return false
	}
	within := func(bound string, sign int) bool {
		limit, bounded := new(big.Int).SetString(bound, 10)
		return !bounded || number.Cmp(limit) != sign
	}
	return within(integers[xsdType].least, -1) && within(integers[xsdType].greatest, 1)
}

// canonical returns a value in the one form of its type: numbers without
// spaces, leading zeros and plus sign.
func (a Attribute) canonical(text string) string {
	if a.Type == TypeString {
		return text
	}
	text = strings.TrimSpace(text)
	if number, ok := new(big.Int).SetString(text, 10); ok && len(text) <= maxDigits {
		return number.String()
	}
	return text
}

// ParseDateTime reads a dateTime, in UTC where it names no zone. What is none
// gives the zero time.
func ParseDateTime(value string) time.Time {
	value = strings.TrimSpace(value)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if at, err := time.Parse(layout, value); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}
