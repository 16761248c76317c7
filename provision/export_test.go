package provision

import "context"

// ExplainInOneLine is what a policy that says Explain has the peer told.
var ExplainInOneLine = AuditEvent.explainInOneLine

// Occupy takes a place to hash until leave gives it back.
func (p *Passwords) Occupy(ctx context.Context) (leave func(), err error) {
	return p.queue.leave, p.queue.enter(ctx, Share{Door: "test"})
}

// Watchers counts the registrations that are watched.
func (s *Service) Watchers() int {
	s.watchers.mu.Lock()
	defer s.watchers.mu.Unlock()
	return len(s.watchers.of)
}

// Turn is that of one operation, beside the service's others.
func (s *Service) Turn() (registration func(string), user func(UserKey), end func()) {
	t := &turn{turns: &s.turns}
	return t.registration, t.user, t.end
}

// Hurry has whoever is sent away told so at once.
func (p *Passwords) Hurry() { p.pause = 0 }
