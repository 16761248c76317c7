package administration

import (
	"context"
	"encoding/xml"
	"errors"
	"slices"
	"sync"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// Operations makes the operations of the interface, by their qualified names.
func Operations(shared operation.Door) (map[xml.Name]soap.Operation, error) {
	known, err := theObjects()
	if err != nil {
		return nil, err
	}
	d := &door{Door: shared, objects: known}
	name := func(local string) xml.Name { return xml.Name{Space: wsdl.Administration, Local: local} }
	return map[xml.Name]soap.Operation{
		name("logon"):                operation.New(&d.Door, d.logon, replyLogon),
		name("logoff"):               operation.New(&d.Door, d.logoff, replyLogoff),
		name("sessionalive"):         operation.New(&d.Door, d.sessionalive, replySessionalive),
		name("adminSessionQuery"):    operation.New(&d.Door, d.adminSessionQuery, replyAdminSessionQuery),
		name("userExecute"):          operation.New(&d.Door, d.userExecute, replyUserExecute),
		name("userQuery"):            operation.New(&d.Door, d.userQuery, replyUserQuery),
		name("userattributeExecute"): operation.New(&d.Door, d.userattributeExecute, replyUserattributeExecute),
		name("userattributeQuery"):   operation.New(&d.Door, d.userattributeQuery, replyUserattributeQuery),
		name("digipassExecute"):      operation.New(&d.Door, d.digipassExecute, replyDigipassExecute),
		name("digipassQuery"):        operation.New(&d.Door, d.digipassQuery, replyDigipassQuery),
		name("digipassapplExecute"):  operation.New(&d.Door, d.digipassapplExecute, replyDigipassapplExecute),
		name("domainExecute"):        operation.New(&d.Door, d.domainExecute, replyDomainExecute),
		name("domainQuery"):          operation.New(&d.Door, d.domainQuery, replyDomainQuery),
		name("orgunitExecute"):       operation.New(&d.Door, d.orgunitExecute, replyOrgunitExecute),
		name("orgunitQuery"):         operation.New(&d.Door, d.orgunitQuery, replyOrgunitQuery),
	}, nil
}

type door struct {
	operation.Door
	*objects
}

// objects are the kinds of objects, each with its attributes and commands. They
// are the same for every door and never change.
type objects struct {
	credential     *operation.Table
	sessions       *kind[provision.AdminSession]
	users          *kind[provision.User]
	userAttributes *kind[provision.UserAttribute]
	digipasses     *kind[provision.HeldAuthenticator]
	applications   *kind[provision.Authenticator]
	domains        *kind[provision.Domain]
	orgUnits       *kind[provision.OrgUnit]
}

var theObjects = sync.OnceValues(newObjects)

func newObjects() (*objects, error) {
	var o objects
	var all [8]error
	o.credential, all[0] = newCredentialTable()
	o.sessions, all[1] = newKind("ADMINSESSIONFLD_", "", sessionFields(), nil)
	o.users, all[2] = newKind("USERFLD_", "USERCMD_", userFields(), userCommands())
	o.userAttributes, all[3] = newKind("UATTFLD_", "USERATTRIBUTECMD_", userAttributeFields(), userAttributeCommands())
	o.digipasses, all[4] = newKind("DIGIPASSFLD_", "DIGIPASSCMD_", digipassFields(), digipassCommands())
	o.applications, all[5] = newKind("DIGIPASSAPPLFLD_", "DIGIPASSAPPLCMD_", applicationFields(), applicationCommands())
	o.domains, all[6] = newKind("DOMAINFLD_", "DOMAINCMD_", domainFields(), domainCommands())
	o.orgUnits, all[7] = newKind("ORGUNITFLD_", "ORGUNITCMD_", orgUnitFields(), orgUnitCommands())
	return &o, errors.Join(all[:]...)
}

// Commands lists the commands of all kinds of objects, sorted.
func Commands() []string {
	o, err := theObjects()
	if err != nil {
		return nil
	}
	return slices.Sorted(slices.Values(slices.Concat(o.users.cmds, o.userAttributes.cmds, o.digipasses.cmds, o.applications.cmds, o.domains.cmds, o.orgUnits.cmds)))
}

// References describe the attributes of each kind of objects for a page.
func References() ([]operation.Reference, error) {
	o, err := theObjects()
	if err != nil {
		return nil, err
	}
	sessions := o.credential.Reference("Sessions", logonForm, sessionForm)
	return []operation.Reference{
		sessions, o.sessions.reference("Sessions that are listed"), o.users.reference("Users"), o.userAttributes.reference("Attributes of users"),
		o.digipasses.reference("Authenticators"), o.applications.reference("Applications of authenticators"), o.domains.reference("Domains"),
		o.orgUnits.reference("Organizational units"),
	}, nil
}

// operator returns who asks: the holder of a session, or a service user.
func (d *door) operator(r *soap.Request, sessionID *string) (provision.Operator, error) {
	caller, err := d.Caller(r, "")
	if err != nil {
		return provision.Operator{}, err
	}
	id := ""
	if sessionID != nil {
		id = *sessionID
	}
	access := provision.ReadAccess(caller, id, r.Header.Get("Authorization"))
	return provision.Operator{RequestID: r.ID, Access: &access}, nil
}

// execute reads a command and its attributes, has it carried out, and writes
// the attributes that it answers with.
func execute[R any](ctx context.Context, d *door, r *soap.Request, k *kind[R], sessionID *string, cmd string, set wsdl.AdministrationAttributeSet) (*wsdl.AdministrationAttributeSet, error) {
	c, err := k.command(cmd)
	if err != nil {
		return nil, err
	}
	sent := operation.SentOf(set.Attributes)
	given, err := d.Read(r, k.table, c.form, sent)
	if err != nil {
		return nil, err
	}
	operator, err := d.operator(r, sessionID)
	if err != nil {
		return nil, err
	}
	result, err := c.run(ctx, d, operator, request{Values: given, sent: sent, prefix: k.table.Prefix})
	if err != nil {
		return nil, k.table.WithoutMasked(inWords(err), c.form, sent)
	}
	written := attributesOf(k.table.Write(c.form, result))
	return &written, nil
}

func attributesOf(all []operation.Written) wsdl.AdministrationAttributeSet {
	var set wsdl.AdministrationAttributeSet
	for _, w := range all {
		a := wsdl.AdministrationAttribute{AttributeID: w.ID, Value: &w.Value}
		if w.Masked {
			masked := true
			a.AttributeOptions = &wsdl.AttributeOptions{Masked: &masked}
		}
		set.Attributes = append(set.Attributes, a)
	}
	return set
}
