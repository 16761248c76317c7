package provision

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/store"
)

// Page is a part of a list, in the order of its keys.
type Page[R, K any] struct {
	Records []R

	// Next is the key after which the list goes on; nil at its end. A page
	// may hold fewer records than were asked for, even none, and not be the
	// last.
	Next *K
}

// A page holds at most maxPage records, and defaultPage by default. A narrowed
// list looks through no more than maxScan for it, because a View must not stay
// open for long.
const (
	defaultPage = 100
	maxPage     = 1000
	maxScan     = 10 * maxPage
)

// list is a list as an operator asks for it.
type list[R, K any] struct {
	limit  int
	domain string // the list is narrowed to it; optional
	scan   func(*store.View) iter.Seq2[R, error]
	key    func(R) K
	wanted func(R) bool
}

// page reads from one snapshot, which the next page does not share: what
// moves in between is seen or not by its key.
func (l list[R, K]) page(ctx context.Context, s *Service) (Page[R, K], error) {
	if l.limit < 0 || l.limit > maxPage {
		return Page[R, K]{}, s.refused(refuse(InvalidParameter, fmt.Sprintf(
			"The limit is %d: ask for 1 to %d records a page, or leave it out for %d.", l.limit, maxPage, defaultPage)))
	}
	if l.limit == 0 {
		l.limit = defaultPage
	}
	var page Page[R, K]
	err := s.Store.View(ctx, func(v *store.View) error {
		err := l.checkDomain(v)
		if err != nil {
			return err
		}
		page, err = l.read(l.scan(v))
		return err
	})
	if refusal, ok := errors.AsType[*Error](err); ok {
		return page, s.refused(refusal)
	}
	return page, err
}

// checkDomain tells a domain that is empty from one that is not there.
func (l list[R, K]) checkDomain(v *store.View) error {
	if l.domain == "" {
		return nil
	}
	_, err := store.Get(v, Domains, l.domain)
	return mustExist(err, fmt.Sprintf("There is no domain %q.", l.domain))
}

func (l list[R, K]) read(records iter.Seq2[R, error]) (Page[R, K], error) {
	var page Page[R, K]
	var last K
	scanned := 0
	for record, err := range records {
		if err != nil {
			return Page[R, K]{}, fmt.Errorf("list: %w", err)
		}
		if len(page.Records) == l.limit || scanned == maxScan {
			page.Next = &last
			return page, nil
		}
		if l.wanted(record) {
			page.Records = append(page.Records, record)
		}
		last = l.key(record)
		scanned++
	}
	return page, nil
}

// domainOf returns the name of the domain that an operator names; "" for none.
func (s *Service) domainOf(ctx context.Context, text string) (string, error) {
	if names.Trim(text) == "" {
		return "", nil
	}
	return show(ctx, s, func(f *frame, v *store.View) (string, error) { return f.domainNamed(v, text) })
}

// refused fills in what the operator is shown of a refusal that is no
// decision: reading leaves no event.
func (s *Service) refused(refusal *Error) *Error {
	refusal.Status = s.Statuses[refusal.Refusal]
	return refusal
}
