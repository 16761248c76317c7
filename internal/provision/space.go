package provision

// Space says how much room there is on the disk of the store.
type Space int

const (
	// Ample is room for whatever comes.
	Ample Space = iota

	// Short is room for what is asked by those who prove something: of what
	// costs its callers nothing there are no events, and their sums wait.
	Short

	// Scarce is room for the end of what has begun: there are no new
	// registrations either.
	Scarce
)

// space returns what the server says of its disk.
func (s *Service) space() Space {
	if s.Space == nil {
		return Ample
	}
	return s.Space()
}

// roomToBegin refuses a new registration while the disk is nearly full, so that
// those that are open find room to end.
func (f *frame) roomToBegin() error {
	if f.service.space() < Scarce {
		return nil
	}
	f.checked("disk", "nearly full")
	return refuse(Busy, "The server's disk is nearly full, so there are no new registrations: an operator has to make room.")
}
