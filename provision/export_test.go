package provision

// Occupy takes a place in the queue until leave gives it back.
func (p *Passwords) Occupy() (leave func()) {
	p.admit <- struct{}{}
	return func() { <-p.admit }
}
