package gateway

import (
	"context"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

// activationDataResult has the three members of a licence's message, or the
// two items of a single device.
type activationDataResult struct {
	ServerEvidenceMessage string `json:"serverEvidenceMessage"`

	EncryptedLicenseActivationMessage string `json:"encryptedLicenseActivationMessage,omitempty"`
	EncryptedCounter                  string `json:"encryptedCounter,omitempty"`
	MAC                               string `json:"mac,omitempty"`

	ActivationCode           *encryptedData `json:"activationCode,omitempty"`
	EventReactivationCounter *encryptedData `json:"eventReactivationCounter,omitempty"`
}

type encryptedData struct {
	EncryptedData    string `json:"encryptedData"`
	EncryptedCounter string `json:"encryptedCounter"`
	MAC              string `json:"mac"`
}

func newEncryptedData(e dsapp.EncryptedData) *encryptedData {
	return &encryptedData{EncryptedData: e.EncryptedData, EncryptedCounter: e.EncryptedCounter, MAC: e.MAC}
}

func (d *door) dsappSRPGenerateActivationData(ctx context.Context, caller provision.Caller, in values) (any, error) {
	result, err := d.Service.DSAPPSRPGenerateActivationData(ctx, caller, provision.DSAPPSRPGenerateActivationData{
		RegistrationID:        in["registrationIdentifier"],
		ClientEvidenceMessage: in["clientEvidenceMessage"],
	})
	if err != nil {
		return nil, err
	}
	if message := result.ActivationMessage; message != nil {
		return activationDataResult{
			ServerEvidenceMessage:             result.ServerEvidenceMessage,
			EncryptedLicenseActivationMessage: message.EncryptedData,
			EncryptedCounter:                  message.EncryptedCounter,
			MAC:                               message.MAC,
		}, nil
	}
	return activationDataResult{
		ServerEvidenceMessage:    result.ServerEvidenceMessage,
		ActivationCode:           newEncryptedData(result.ActivationCode),
		EventReactivationCounter: newEncryptedData(result.EventReactivationCounter),
	}, nil
}
