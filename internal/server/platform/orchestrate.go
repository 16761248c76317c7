package platform

import (
	"net/http"

	"github.com/dsappd/dsappd/internal/provision"
)

// orchestrate refuses the commands of the vendor's SDK, whose content is not
// public.
func orchestrate(*call) (any, error) {
	return nil, &fault{status: http.StatusUnprocessableEntity, refusal: provision.NotAllowed,
		message: "Orchestration commands are the vendor's SDK's own and not public: a phone activates at the gateway."}
}
