package phone

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/wsdl"
)

func attribute(id, value string) wsdl.ProvisioningAttribute {
	return wsdl.ProvisioningAttribute{AttributeID: "PROVFLD_" + id, Value: &wsdl.Value{Type: "string", Text: value}}
}

// TestAddDeviceReplies: what a device takes from the reply is there once, or
// there is nothing to be had; what else is there is not its business.
func TestAddDeviceReplies(t *testing.T) {
	null := true
	for name, c := range map[string]struct {
		attributes []wsdl.ProvisioningAttribute
		want       error
	}{
		"right":    {[]wsdl.ProvisioningAttribute{attribute("USERID", "user6"), attribute("ACTIVATION_MESSAGE2", "0102")}, nil},
		"missing":  {[]wsdl.ProvisioningAttribute{attribute("USERID", "user6")}, ErrReply},
		"twice":    {[]wsdl.ProvisioningAttribute{attribute("ACTIVATION_MESSAGE2", "0102"), attribute("ACTIVATION_MESSAGE2", "0103")}, ErrReply},
		"no value": {[]wsdl.ProvisioningAttribute{{AttributeID: "PROVFLD_ACTIVATION_MESSAGE2", AttributeOptions: &wsdl.ProvisioningAttributeOptions{Null: &null}}}, ErrReply},
	} {
		peer := newPeer(t)
		peer.attributes = c.attributes
		message2, err := peer.start().Transport.AddDevice(t.Context(), "xiOb8GC2", "12345")
		if !errors.Is(err, c.want) || err == nil && message2 != "0102" {
			t.Errorf("%s: %q, %v, want %v", name, message2, err, c.want)
		}
		want := wsdl.ProvisioningExecute{Cmd: "PROVISIONCMD_MDL_ADD_DEVICE", AttributeSet: wsdl.AttributeSet{Attributes: []wsdl.ProvisioningAttribute{
			attribute("COMPONENT_TYPE", "srp-component"), attribute("REGISTRATIONID", "xiOb8GC2"), attribute("DEVICE_CODE", "12345"),
		}}}
		if len(peer.executed) != 1 {
			t.Fatalf("%s: sent %d commands", name, len(peer.executed))
		}
		peer.executed[0].XMLName = want.XMLName
		if diff := cmp.Diff(want, peer.executed[0]); diff != "" {
			t.Errorf("%s: sent (-want +got):\n%s", name, diff)
		}
	}
}

// TestActivateInstanceReplies: a server that activated another instance did
// not activate this one, and a refusal is one whatever else it says.
func TestActivateInstanceReplies(t *testing.T) {
	s := State{MDL: MDL{Instances: []Instance{{SerialNumber: "VDM1000001", SequenceNumber: 1, DeviceType: dsapp.IOS, RegistrationID: "xiOb8GC2", Signature: "24681357"}}}}
	user := []wsdl.ProvisioningAttribute{attribute("USERID", "user6"), attribute("DOMAIN", "master")}
	for name, c := range map[string]struct {
		serialNumber string
		returnCode   int32
		want         error
	}{
		"right": {"VDM1000001-1", 0, nil}, "another": {"VDM1000001-2", 0, ErrReply}, "the licence": {"VDM1000001", 0, ErrReply},
		"refused": {"VDM1000001-1", -1, new(Refusal)},
	} {
		peer := newPeer(t)
		peer.attributes = append(user, attribute("SERIAL_NO", c.serialNumber))
		peer.bendStatus = func(s *wsdl.CommandStatusResponse) { s.ResultCodes.ReturnCode = c.returnCode }
		after, err := peer.start().ActivateInstance(t.Context(), s, "", "")
		if _, refused := errors.AsType[*Refusal](err); !errors.Is(err, c.want) && !(refused && c.returnCode != 0) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if after.MDL.Instances[0].Activated != (err == nil) || s.MDL.Instances[0].Activated {
			t.Errorf("%s: the instance is activated: %v, and before: %v", name, after.MDL.Instances[0].Activated, s.MDL.Instances[0].Activated)
		}
	}
}
