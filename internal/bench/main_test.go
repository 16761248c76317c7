package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"syscall"
	"testing"

	"github.com/dsappd/dsappd"
)

// roleVariable names the server that the test program is when a benchmark starts
// it anew.
const roleVariable = "DSAPPD_BENCH_ROLE"

// profileVariable names the folder for the profiles of the server; empty: it is
// not profiled.
const profileVariable = "DSAPPD_PROFILE"

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(roleVariable) {
	case "":
		os.Exit(m.Run())
	case "empty":
		err = serveEmpty()
	case "profiled":
		err = serveProfiled(os.Args[1], os.Getenv(profileVariable))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serveEmpty answers every request with nothing.
func serveEmpty() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/\n", listener.Addr())
	go func() {
		awaitEnd()
		_ = listener.Close()
	}()
	err = http.Serve(listener, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func awaitEnd() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	<-ended
}

// serveProfiled serves a data folder until it is told to end, and leaves profiles.
func serveProfiled(dir, profiles string) error {
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil)) // as the program logs
	server, err := dsappd.Open(context.Background(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0", Logger: logger})
	if err != nil {
		return err
	}
	runtime.SetMutexProfileFraction(10)
	runtime.SetBlockProfileRate(10_000)
	file, err := os.Create(filepath.Join(profiles, "cpu.prof"))
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	fmt.Printf("SOAP at %s\nthe Platform API at %s\n", server.URLs().SOAP, server.URLs().Platform)
	awaitEnd()
	pprof.StopCPUProfile()
	for _, name := range []string{"allocs", "heap", "mutex", "block"} {
		if err := writeProfile(name, filepath.Join(profiles, name+".prof")); err != nil {
			return err
		}
	}
	return server.Close()
}

func writeProfile(name, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return pprof.Lookup(name).WriteTo(file, 0)
}
