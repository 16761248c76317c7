package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

const (
	clients  = 64
	password = "Password2"
	secret   = "12345678901234567890"
)

// cheapHashes are settings that keep the cost of passwords out of what is
// measured.
const cheapHashes = "[password_hash]\nmemory_kib = 8\npasses = 1\nqueue = 256\n"

func parameters() oath.Parameters {
	return oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}
}

func userID(i int) string       { return fmt.Sprintf("bench%d", i) }
func serialNumber(i int) string { return fmt.Sprintf("BEN%07d", i) }

// furnish makes a data folder with so many users, each with an authenticator.
func furnish(b *testing.B, settings string, users int) (dir string) {
	b.Helper()
	dir = filepath.Join(b.TempDir(), "data")
	if err := datafolder.Init(b.Context(), dir, datafolder.InitOptions{Sample: true, Settings: settings}); err != nil {
		b.Fatal(err)
	}
	open(b, dir, func(folder *datafolder.Folder) error {
		return share(users, func(i int) error { return addUser(b.Context(), folder.Service, i) })
	})
	return dir
}

// open opens a data folder for a while.
func open(b *testing.B, dir string, use func(*datafolder.Folder) error) {
	b.Helper()
	folder, err := datafolder.Open(b.Context(), dir, datafolder.Source{}.WithDefaults())
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(use(folder), folder.Close()); err != nil {
		b.Fatal(err)
	}
}

func addUser(ctx context.Context, service *provision.Service, i int) error {
	who := provision.Operator{Name: "bench", RequestID: "bench"}
	_, err := service.AddUser(ctx, who, provision.AddUser{UserID: userID(i), StaticPassword: password})
	if err != nil {
		return err
	}
	_, err = service.AddAuthenticator(ctx, who, provision.AddAuthenticator{SerialNumber: serialNumber(i), Secret: []byte(secret), Parameters: parameters()})
	if err != nil {
		return err
	}
	_, err = service.AssignAuthenticator(ctx, who, provision.AssignAuthenticator{SerialNumber: serialNumber(i), UserID: userID(i)})
	return err
}

// share has 64 goroutines share so many calls.
func share(calls int, call func(i int) error) error {
	var wait sync.WaitGroup
	var next atomic.Int64
	errs := make([]error, clients)
	for n := range errs {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < calls && errs[n] == nil; i = int(next.Add(1)) - 1 {
				errs[n] = call(i)
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

const envelope = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
	`<prov:%[1]s xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><componentType>srp-direct</componentType>%[2]s</prov:%[1]s>` +
	`</soapenv:Body></soapenv:Envelope>`

func registration(user string) string {
	return fmt.Sprintf(envelope, "dsappSRPRegister", "<user><userID>"+user+"</userID></user><credential><staticPassword>"+password+"</staticPassword></credential>")
}

func activation(registrationID, response string) string {
	return fmt.Sprintf(envelope, "dsappSRPActivate", "<registrationID>"+registrationID+"</registrationID><credential><response>"+response+"</response></credential>")
}

// otp returns the one-time password of a moving factor, which all have.
func otp(b *testing.B, movingFactor int) string {
	b.Helper()
	response, err := oath.OTP([]byte(secret), uint64(movingFactor), parameters())
	if err != nil {
		b.Fatal(err)
	}
	return response
}

// granted refuses a reply other than that of a success.
func granted(body []byte) error {
	if !bytes.Contains(body, []byte(">STAT_SUCCESS<")) {
		return fmt.Errorf("the server answered %s", body)
	}
	return nil
}

// register registers users by their numbers, from 0 on, and returns the
// registration IDs.
func register(b *testing.B, l *load, users int) (ids []string, took []time.Duration) {
	b.Helper()
	requests := make([][]byte, users)
	for i := range requests {
		requests[i] = l.request(registration(userID(i)))
	}
	ids = make([]string, users)
	_, took = l.send(b, requests, func(i int, body []byte) error {
		_, rest, _ := strings.Cut(string(body), "<registrationID>")
		ids[i], _, _ = strings.Cut(rest, "<")
		return granted(body)
	})
	return ids, took
}
