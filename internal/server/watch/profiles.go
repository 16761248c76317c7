package watch

import (
	"net/http"
	"net/http/pprof"
)

// RegisterProfiles answers at /debug/pprof/ as net/http/pprof does. Profiles tell
// what is in the memory of the process: they are for its owner alone.
func RegisterProfiles(mux *http.ServeMux) {
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
}
