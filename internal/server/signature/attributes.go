package signature

import (
	"slices"
	"strconv"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/server/operation"
)

// attributePrefix begins the name of every attribute.
const attributePrefix = "SIGNFLD_"

// attributes lists all that a signature has.
func attributes() []operation.Attribute {
	const (
		text    = operation.TypeString
		name    = `(?s).{1,255}`
		letters = "1 to 255 characters"
	)
	all := []operation.Attribute{
		{ID: "COMPONENT_TYPE", Type: text, Pattern: name, Takes: letters},
		{ID: "USERID", Type: text, Pattern: name, Takes: letters},
		{ID: "DOMAIN", Type: text, Pattern: name, Takes: letters},
		{ID: "ORGANIZATIONAL_UNIT", Type: text, Takes: letters},
		{ID: "SERIAL_NO", Type: text, Pattern: `[A-Z0-9]{3}[0-9]{7}(-[1-9][0-9]{0,2})?`, Takes: "three of A-Z 0-9 and seven digits, for an instance also a hyphen and its number"},
		{ID: "SIGNATURE", Type: text, Pattern: `[0-9]{1,10}`, Takes: "1 to 10 digits", Masked: true},
		{ID: "REQUEST_KEY", Type: text, Pattern: `[0-9]{10}`, Takes: "10 digits"},
		{ID: "REQUEST_MESSAGE", Type: text, Takes: "the request in hex"},
		{ID: "TRANSACTION_TITLE", Type: text, Pattern: name, Takes: letters},
		{ID: "REQUEST_BODY", Type: text, Pattern: `(?s).{1,471}`, Takes: "as much text as fits into a request"},
		{ID: "DEFERRED_DATETIME", Type: operation.TypeDateTime, Takes: "the time of the signature"},
		{ID: "DEFERRED_EVENT_VALUE", Type: operation.TypeUnsignedInt, Takes: "the event of the signature"},
		{ID: "REQUEST_CONFIRM_CODE", Type: operation.TypeBoolean, Takes: "true or false"},
		{ID: "CONFIRM_CODE", Type: text},
		{ID: "VERIFIED_DATETIME", Type: operation.TypeDateTime},
		{ID: "VERIFIED_EVENT_VALUE", Type: operation.TypeUnsignedInt},
		{ID: "STATUS_MESSAGE", Type: text, Takes: "why the command failed, in words"},
		{ID: "AUTH_TYPE", Unsupported: "its values are not public"},

		// What this server has no use for.
		{ID: "AUXILIARY_MESSAGE", Type: text}, {ID: "CRYPTO_APP_INDEX", Type: operation.TypeUnsignedInt}, {ID: "CRYPTO_APP_NAME", Type: text},
	}
	for _, id := range dataFields() {
		all = append(all, operation.Attribute{ID: id, Type: text, Pattern: name, Takes: "up to 255 bytes"})
	}
	return all
}

// dataFields lists the IDs of the attributes that hold what is signed.
func dataFields() []string {
	var ids []string
	for n := 1; n <= dsapp.MaxDataFields; n++ {
		ids = append(ids, "DATA_FIELD_"+strconv.Itoa(n))
	}
	return ids
}

// authSignatureForm returns the form of authSignature.
func authSignatureForm() operation.Form {
	return operation.Form{
		Name:     "authSignature",
		Required: []string{"COMPONENT_TYPE", "USERID", "SIGNATURE"},
		Optional: slices.Concat([]string{"DOMAIN", "SERIAL_NO", "REQUEST_KEY", "DEFERRED_DATETIME", "DEFERRED_EVENT_VALUE", "REQUEST_CONFIRM_CODE"}, dataFields()),
		Out:      []string{"USERID", "DOMAIN", "ORGANIZATIONAL_UNIT", "SERIAL_NO", "CONFIRM_CODE", "VERIFIED_DATETIME", "VERIFIED_EVENT_VALUE", "STATUS_MESSAGE"},
	}
}

// genRequestForm returns the form of genRequest.
func genRequestForm() operation.Form {
	return operation.Form{
		Name:     "genRequest",
		Required: []string{"COMPONENT_TYPE", "USERID"},
		Optional: []string{"DOMAIN", "SERIAL_NO", "TRANSACTION_TITLE", "REQUEST_BODY"},
		Out:      []string{"REQUEST_KEY", "REQUEST_MESSAGE", "USERID", "DOMAIN", "ORGANIZATIONAL_UNIT", "SERIAL_NO", "STATUS_MESSAGE"},
	}
}
