package soap

import "log/slog"

// scratch is the memory that an exchange works in. It is kept for the next one.
type scratch struct {
	body    []byte // as it comes
	reply   []byte
	attrs   []slog.Attr // of the line in the log
	noted   []slog.Attr // of these, what the operation noted
	meter   meter
	scanner scanner
	reader  reader
}

// maxPooled is the largest body and the largest reply whose memory is kept, in
// bytes.
const maxPooled = 64 << 10

// keep puts the scratch away, without what a request said.
func (h *Handler) keep(s *scratch) {
	if cap(s.body) > maxPooled || cap(s.reply) > maxPooled {
		return
	}
	clear(s.body[:cap(s.body)])
	clear(s.attrs[:cap(s.attrs)])
	clear(s.noted[:cap(s.noted)])
	s.scanner.forget()
	s.reader.forget()
	h.scratches.Put(s)
}

// forget leaves nothing of a document but the memory that it took.
func (s *scanner) forget() {
	clear(s.raw.attributes[:cap(s.raw.attributes)])
	clear(s.open[:cap(s.open)])
	clear(s.bindings[:cap(s.bindings)])
	s.reset("", nil)
}

// forget leaves nothing of an element but the memory that it took.
func (r *reader) forget() {
	clear(r.text[:cap(r.text)])
	clear(r.frames[:cap(r.frames)])
	*r = reader{frames: r.frames[:0], text: r.text[:0]}
}
