package drafting

// KeepOpen sets how many bytes of messages a recorder has in mind. It is for
// the time before the first exchange.
func (r *Recorder) KeepOpen(bytes int) { r.mostOpen = bytes }
