package provision

import (
	"fmt"
	"slices"
	"strings"
)

// Privilege is what an administrator may do: the words of the vendor's
// documentation, with underscores between.
type Privilege string

// The privileges. All others depend on the first one.
const (
	MayLogOn            Privilege = "administrative_logon"
	MayAccessAllDomains Privilege = "access_data_in_all_domains"

	MayViewUser               Privilege = "view_user"
	MayCreateUser             Privilege = "create_user"
	MayUpdateUser             Privilege = "update_user"
	MayDeleteUser             Privilege = "delete_user"
	MayEnableUser             Privilege = "enable_user" // and disable
	MayUnlockUser             Privilege = "unlock_user"
	MaySetUserPassword        Privilege = "set_user_password"
	MayResetUserPassword      Privilege = "reset_user_password"
	MayResetLastAuth          Privilege = "reset_last_authentication_time"
	MaySetUserExpiration      Privilege = "set_user_expiration"
	MayViewUserAttribute      Privilege = "view_user_attribute"
	MayCreateUserAttribute    Privilege = "create_user_attribute"
	MayUpdateUserAttribute    Privilege = "update_user_attribute"
	MayDeleteUserAttribute    Privilege = "delete_user_attribute"
	MayViewDigipass           Privilege = "view_digipass"
	MayAssignDigipass         Privilege = "assign_digipass"
	MayUnassignDigipass       Privilege = "unassign_digipass"
	MayGenerateActivationData Privilege = "generate_activation_data"
	MayTestOTP                Privilege = "test_otp"
	MaySetDigipassPIN         Privilege = "set_digipass_pin"
	MayResetDigipassPIN       Privilege = "reset_digipass_pin"
	MayResetErrorCount        Privilege = "reset_digipass_error_count"
	MayResetDigipass          Privilege = "reset_digipass_application"
	MayGenerateVirtualOTP     Privilege = "generate_virtual_otp"
	MayViewDomain             Privilege = "view_domain"
	MayCreateDomain           Privilege = "create_domain"
	MayUpdateDomain           Privilege = "update_domain"
	MayDeleteDomain           Privilege = "delete_domain"
	MayViewOrgUnit            Privilege = "view_organizational_unit"
	MayCreateOrgUnit          Privilege = "create_organizational_unit"
	MayUpdateOrgUnit          Privilege = "update_organizational_unit"
	MayDeleteOrgUnit          Privilege = "delete_organizational_unit"
	MayViewSession            Privilege = "view_administrative_session"
)

var privileges = []Privilege{
	MayLogOn, MayAccessAllDomains,
	MayViewUser, MayCreateUser, MayUpdateUser, MayDeleteUser, MayEnableUser, MayUnlockUser, MaySetUserPassword, MayResetUserPassword, MayResetLastAuth, MaySetUserExpiration,
	MayViewUserAttribute, MayCreateUserAttribute, MayUpdateUserAttribute, MayDeleteUserAttribute,
	MayViewDigipass, MayAssignDigipass, MayUnassignDigipass, MayGenerateActivationData, MayTestOTP, MaySetDigipassPIN, MayResetDigipassPIN, MayResetErrorCount,
	MayResetDigipass, MayGenerateVirtualOTP,
	MayViewDomain, MayCreateDomain, MayUpdateDomain, MayDeleteDomain,
	MayViewOrgUnit, MayCreateOrgUnit, MayUpdateOrgUnit, MayDeleteOrgUnit,
	MayViewSession,
}

// Privileges lists all privileges, the one that the others depend on first.
func Privileges() []Privilege { return slices.Clone(privileges) }

// The names of sets of privileges, in the place of a privilege.
const (
	allPrivileges  = "all"
	viewPrivileges = "view"     // to see all objects of the own domain
	helpdesk       = "helpdesk" // to help the users of the own domain
)

// ParsePrivileges reads names of privileges and of sets of them: all; view, for
// seeing the objects of the own domain; helpdesk, for view and what users ask a
// help desk for. It returns each privilege once, in the order of Privileges, and
// the one that they depend on with them.
func ParsePrivileges(names []string) ([]Privilege, error) {
	wanted := map[Privilege]bool{}
	for _, name := range names {
		set, err := privilegesNamed(name)
		if err != nil {
			return nil, err
		}
		for _, p := range set {
			wanted[p] = true
		}
	}
	if len(wanted) > 0 {
		wanted[MayLogOn] = true
	}
	return slices.DeleteFunc(Privileges(), func(p Privilege) bool { return !wanted[p] }), nil
}

func privilegesNamed(name string) ([]Privilege, error) {
	views := func(p Privilege) bool { return strings.HasPrefix(string(p), "view_") }
	switch name {
	case allPrivileges:
		return Privileges(), nil
	case viewPrivileges:
		return slices.DeleteFunc(Privileges(), func(p Privilege) bool { return !views(p) }), nil
	case helpdesk:
		helps := []Privilege{MayUnlockUser, MaySetUserPassword, MayResetUserPassword, MayAssignDigipass, MayUnassignDigipass, MayTestOTP, MaySetDigipassPIN, MayResetDigipassPIN, MayResetErrorCount}
		return slices.DeleteFunc(Privileges(), func(p Privilege) bool { return !views(p) && !slices.Contains(helps, p) }), nil
	}
	if !slices.Contains(privileges, Privilege(name)) {
		return nil, fmt.Errorf("there is no privilege %q: %s", name, nearestPrivilege(name))
	}
	return []Privilege{Privilege(name)}, nil
}

func nearestPrivilege(name string) string {
	known := []string{allPrivileges, viewPrivileges, helpdesk}
	for _, p := range privileges {
		known = append(known, string(p))
	}
	if near := Near(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "they are " + strings.Join(known, ", ")
}
