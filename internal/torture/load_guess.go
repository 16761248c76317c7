package main

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/phone"
)

// passwordGuesser tries wrong passwords. A step is one that counts.
type passwordGuesser struct{}

func (passwordGuesser) name() string { return "password-guesser" }
func (passwordGuesser) most() int    { return mostGuesses - 1 }

func (g passwordGuesser) prepare(ctx context.Context, door *operators.Door) error {
	return addUser(ctx, door, g.name(), "PWG0000001", "not to be guessed, 1", 0)
}

func (g passwordGuesser) step(ctx context.Context, s *session, n int) error {
	_, err := s.register(ctx, direct, g.name(), fmt.Sprintf("wrong%d", n))
	return wantRefused(err, "a wrong password")
}

func (g passwordGuesser) look(ctx context.Context, door *operators.Door) (int, error) {
	left, err := door.ShowUser(ctx, provision.NameUser{UserID: g.name()})
	return left.WrongPasswords, err
}

// proofAttempts is how many wrong proofs spend a registration, which weighs like
// a wrong password.
const proofAttempts = 3

// proofGuesser tries wrong one-time passwords, in registrations of which each
// supersedes the one before. A step is one that counts.
type proofGuesser struct{}

func (*proofGuesser) name() string { return "proof-guesser" }
func (*proofGuesser) most() int    { return proofAttempts*mostGuesses - 1 }

func (g *proofGuesser) prepare(ctx context.Context, door *operators.Door) error {
	return addUser(ctx, door, g.name(), "PRG0000001", "not to be guessed, 2", 0)
}

func (g *proofGuesser) step(ctx context.Context, s *session, _ int) error {
	registration, err := s.register(ctx, direct, g.name(), staticPassword)
	if err != nil {
		return err
	}
	_, err = s.as(direct).Activate(ctx, registration.ID, phone.Credential{Response: "00000000"})
	return wantRefused(err, "a wrong one-time password")
}

func (g *proofGuesser) look(ctx context.Context, door *operators.Door) (int, error) {
	left, err := door.ShowUser(ctx, provision.NameUser{UserID: g.name()})
	return proofAttempts*left.SpentRegistrations + left.WrongProofs, err
}
