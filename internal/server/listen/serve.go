package listen

import (
	"net"
	"net/http"
)

// serve counts requests at their connections, and their bodies, around a
// handler. A peer that is not known waits while it asks too fast.
func (t *table) serve(handler http.Handler, shared *Shared) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := t.find(r.RemoteAddr)
		if c == nil { // it has just been closed for the sake of another
			panic(http.ErrAbortHandler)
		}
		c.begin()
		defer c.done()
		if !shared.slowDown(r.Context(), r.RemoteAddr) {
			w.Header().Set("Connection", "close")
		}
		if r.Body != nil && r.Body != http.NoBody {
			counted := shared.bodies.begin(r, c)
			defer shared.bodies.end(counted)
			r.Body = counted
		}
		handler.ServeHTTP(w, r)
	})
}

// rest makes the connection below TLS wait for its peer, where it is counted.
func rest(c net.Conn) {
	if counted := below(c); counted != nil {
		counted.rest()
	}
}

// below finds the counted connection below others; nil: there is none.
func below(c net.Conn) *conn {
	for {
		if counted, is := c.(*conn); is {
			return counted
		}
		layer, is := c.(interface{ NetConn() net.Conn })
		if !is {
			return nil
		}
		c = layer.NetConn()
	}
}
