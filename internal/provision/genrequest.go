package provision

import (
	"context"

	"github.com/dsappd/dsappd/dsapp"
)

// GenRequest asks a user's device to sign. The device shows the title and the
// fields, and its answer is the signature, which authSignature takes with the
// key of the request, once. What it tells of users is what GetSecureChallenge
// does.
func (s *Service) GenRequest(ctx context.Context, caller Caller, in AskDevice) (AskDeviceResult, error) {
	return perform(ctx, s, callEvent("genRequest", caller), func(f *frame) (AskDeviceResult, error) {
		f.checked("data to sign", "")
		if in.Title == "" && len(in.Fields) == 0 {
			return AskDeviceResult{}, refuse(InvalidParameter, "There is nothing to sign: send a title, a body or data fields.")
		}
		return f.askDevice(caller, dsapp.SignatureRequest, in)
	})
}
