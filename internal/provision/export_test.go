package provision

import "github.com/dsappd/dsappd/internal/audit"

// ExplainInOneLine is what a policy that says Explain has the peer told.
var ExplainInOneLine = audit.Event.ExplainInOneLine

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
