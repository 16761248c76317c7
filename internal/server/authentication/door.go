package authentication

import (
	"context"
	"encoding/xml"
	"sync"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// Operations makes the operations of the interface, by their qualified names.
func Operations(shared operation.Door) (map[xml.Name]soap.Operation, error) {
	table, err := theTable()
	if err != nil {
		return nil, err
	}
	d := &door{Door: shared, table: table}
	name := func(local string) xml.Name { return xml.Name{Space: wsdl.Authentication, Local: local} }
	return map[xml.Name]soap.Operation{
		name("authUser"):           operation.New(&d.Door, d.authUser, replyAuthUser),
		name("getChallenge"):       operation.New(&d.Door, d.getChallenge, replyGetChallenge),
		name("updatePassword"):     operation.New(&d.Door, d.updatePassword, replyUpdatePassword),
		name("getSecureChallenge"): operation.New(&d.Door, d.getSecureChallenge, replyGetSecureChallenge),
		name("cancelAuthUser"):     operation.New(&d.Door, d.cancelAuthUser, replyCancelAuthUser),
	}, nil
}

type door struct {
	operation.Door
	table *operation.Table
}

// theTable is the same for every door and never changes.
var theTable = sync.OnceValues(func() (*operation.Table, error) {
	return operation.NewTable(attributePrefix, true, attributes(), authUserForm, getChallengeForm, updatePasswordForm, getSecureChallengeForm, cancelAuthUserForm)
})

// References describe the attributes of the interface for a page.
func References() ([]operation.Reference, error) {
	table, err := theTable()
	if err != nil {
		return nil, err
	}
	return []operation.Reference{table.Reference("Logins", authUserForm, getChallengeForm, updatePasswordForm, getSecureChallengeForm, cancelAuthUserForm)}, nil
}

// run reads an operation's attributes, has it decided, and writes its own.
func (d *door) run(ctx context.Context, r *soap.Request, f operation.Form, set wsdl.CredentialAttributeSet,
	decide func(context.Context, provision.Caller, operation.Values) (operation.Values, error),
) (*wsdl.CredentialAttributeSet, error) {
	written, err := d.Run(ctx, r, d.table, f, operation.SentOf(set.Attributes), decide)
	if err != nil {
		return nil, err
	}
	out := attributesOf(written)
	return &out, nil
}

func attributesOf(all []operation.Written) wsdl.CredentialAttributeSet {
	return wsdl.CredentialAttributeSet{Attributes: operation.Attributes[wsdl.CredentialAttribute](all)}
}

// results returns the outcome of an operation. An attribute says a refusal once
// more, because some clients look for it there.
func results(status wsdl.CommandStatusResponse, result *wsdl.CredentialAttributeSet) wsdl.CredentialResults {
	out := wsdl.CredentialResults{ResultCodes: status.ResultCodes, ErrorStack: status.ErrorStack}
	if result != nil {
		out.ResultAttribute = *result
		return out
	}
	out.ResultAttribute = attributesOf(operation.StatusMessage(attributePrefix, status))
	return out
}

// userOutput returns a user as replies name it.
func userOutput(user provision.UserOutput) operation.Values {
	return operation.Values{"USERID": user.UserID, "DOMAIN": user.Domain, "ORGANIZATIONAL_UNIT": user.OrgUnit}
}
