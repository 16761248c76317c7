package provision

import (
	"slices"
	"strings"
)

// Step is what a peer asks a registration to do.
type Step string

// The steps, by the operation or command that takes them.
const (
	StepRegister               Step = "Register"
	StepRegisterOutsideSRP     Step = "RegisterOutsideSRP" // PROVISIONCMD_REGISTER
	StepGenerateEphemeralKey   Step = "GenerateEphemeralKey"
	StepGenerateActivationData Step = "GenerateActivationData"
	StepAddDevice              Step = "AddDevice"
	StepAddSameDevice          Step = "AddDevice, the same code"
	StepAddOtherDevice         Step = "AddDevice, another code"
	StepActivate               Step = "Activate"
	StepClose                  Step = "Close" // attempts spent, superseded, by an operator
)

// Flow is the kind of a registration, as far as its steps depend on it.
type Flow string

// The flows.
const (
	SingleDevice       Flow = "single-device"
	SingleDeviceDirect Flow = "single-device, exchange not required"
	OnlineMDL          Flow = "online MDL"
	OfflineMDL         Flow = "offline MDL"
)

// Unborn is the state before the first step.
const Unborn RegistrationState = "(none)"

// Transition is one row of the state table: what a right and a wrong proof
// lead to. Wrong is empty where the step has no proof to fail.
type Transition struct {
	From  []RegistrationState
	Step  Step
	Flows []Flow
	Right RegistrationState
	Wrong RegistrationState
}

// Transitions returns the state table of registrations. A pair that it does not
// hold is out of order.
func Transitions() []Transition {
	every := []Flow{SingleDevice, SingleDeviceDirect, OnlineMDL, OfflineMDL}
	single := []Flow{SingleDevice, SingleDeviceDirect}
	online := []Flow{SingleDevice, SingleDeviceDirect, OnlineMDL}
	mdl := []Flow{OnlineMDL, OfflineMDL}
	in := func(states ...RegistrationState) []RegistrationState { return states }
	return []Transition{
		{in(Unborn), StepRegister, every, Registered, ""},
		{in(Unborn), StepRegisterOutsideSRP, single, DataIssued, ""},
		{in(Registered, KeyExchanged, DataIssued), StepGenerateEphemeralKey, online, KeyExchanged, ""},
		{in(DeviceAdded), StepGenerateEphemeralKey, []Flow{OnlineMDL}, KeyExchanged, ""},
		{in(KeyExchanged), StepGenerateActivationData, online, DataIssued, Registered},
		{in(Registered), StepActivate, []Flow{SingleDeviceDirect}, Activated, Registered},
		{in(KeyExchanged), StepActivate, []Flow{SingleDeviceDirect}, Activated, KeyExchanged},
		{in(DataIssued), StepActivate, single, Activated, DataIssued},
		{in(Registered), StepAddDevice, []Flow{OfflineMDL}, DeviceAdded, Registered},
		{in(DataIssued), StepAddDevice, []Flow{OnlineMDL}, DeviceAdded, DataIssued},
		{in(DeviceAdded), StepAddSameDevice, mdl, DeviceAdded, ""},
		{in(DeviceAdded), StepAddOtherDevice, mdl, DeviceAdded, DeviceAdded},
		{in(DeviceAdded), StepActivate, mdl, Activated, DeviceAdded},
		{in(Registered, KeyExchanged, DataIssued, DeviceAdded), StepClose, every, Closed, ""},
	}
}

// transitions is the table, made once.
var transitions = Transitions()

// transition finds the row for a step, if the step is in order.
func transition(flow Flow, from RegistrationState, step Step) (Transition, bool) {
	for _, row := range transitions {
		if row.Step == step && slices.Contains(row.From, from) && slices.Contains(row.Flows, flow) {
			return row, true
		}
	}
	return Transition{}, false
}

// follows names the steps that a peer may take from a state.
func follows(flow Flow, from RegistrationState) string {
	var steps []string
	for _, row := range Transitions() {
		if row.Step != StepClose && slices.Contains(row.From, from) && slices.Contains(row.Flows, flow) {
			steps = append(steps, string(row.Step))
		}
	}
	return strings.Join(steps, " or ")
}

// flow of a registration under its policy.
func (r Registration) flow(settings Settings) Flow {
	if r.MDL && r.ActivationType == Offline {
		return OfflineMDL
	}
	if r.MDL {
		return OnlineMDL
	}
	if settings.KeyExchangeRequired {
		return SingleDevice
	}
	return SingleDeviceDirect
}

// ended reports whether no step can follow.
func (r Registration) ended() bool { return r.State == Activated || r.State == Closed }
