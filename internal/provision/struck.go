package provision

// Struck returns the refusal that a fault of a lab puts in the place of a
// decision.
func Struck(refusal Refusal, words string) error { return refuse(refusal, words) }

// struck puts an error in the place of what was decided, and drops what would
// have been written.
func (f *frame) struck(by, decided error) error {
	if by == nil {
		return decided
	}
	f.writes, f.moving, f.changed, f.committed = nil, nil, nil, nil
	f.checked("fault of the lab", "")
	return by
}
