package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

const directRegister = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
	`<prov:dsappSRPRegister xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">` +
	`<componentType>srp-direct</componentType><user><userID>user2</userID></user>` +
	`<credential><staticPassword>Password2</staticPassword></credential></prov:dsappSRPRegister>` +
	`</soapenv:Body></soapenv:Envelope>`

// A request whose body is still under way when the signal comes is answered,
// a new connection is refused from then on, and the process ends well.
func TestDrain(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := newDataFolder(t)
			server := serveFolder(t, dir)
			conn, address := beginRequest(t, server.url, directRegister)
			server.signal(t, signal)
			server.log.await(t, "door=soap")
			if refused, err := net.Dial("tcp", address); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("a new connection: %v, %v; want it refused", refused, err)
			}
			if _, err := io.WriteString(conn, directRegister); err != nil {
				t.Fatal(err)
			}
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("the request in flight was lost: %v", err)
			}
			body, err := io.ReadAll(response.Body)
			if err != nil || !strings.Contains(string(body), "STAT_SUCCESS") {
				t.Errorf("the request in flight: %s, %v, %s", response.Status, err, body)
			}
			if err := server.wait(t); err != nil {
				t.Errorf("the server ended with %v; stderr: %s", err, server.log)
			}
		})
	}
}

// beginRequest sends the header of a request and returns when the server has
// begun to handle it: it then asks for the body.
func beginRequest(t *testing.T, at, body string) (net.Conn, string) {
	t.Helper()
	parsed, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", parsed.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: text/xml\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		parsed.Host, len(body))
	proceed := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
	if _, err := io.ReadFull(conn, proceed); err != nil || !strings.HasPrefix(string(proceed), "HTTP/1.1 100 ") {
		t.Fatalf("the server asked for no body: %q, %v", proceed, err)
	}
	return conn, parsed.Host
}

// What outlasts the setting timeouts.drain is cut off, and the process says
// so; what was answered before stays.
func TestDrainIsBounded(t *testing.T) {
	dir := newDataFolder(t)
	settings := "[timeouts]\ndrain = \"100ms\"\n"
	if err := os.WriteFile(filepath.Join(dir, "settings.toml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	server := serveFolder(t, dir)
	beginRequest(t, server.url, directRegister)
	server.signal(t, syscall.SIGTERM)
	err := server.wait(t)
	if _, failed := errors.AsType[*exec.ExitError](err); !failed {
		t.Errorf("the server ended with %v; want an exit code", err)
	}
	if log := server.log.String(); !strings.Contains(log, "drain soap: requests were cut off") {
		t.Errorf("the server does not say what it cut off: %s", log)
	}
	if said := operate(t, dir, "check"); !strings.Contains(said, ": no fault found\n") {
		t.Errorf("the data folder afterwards: %s", said)
	}
}

// Clients that keep their connections and never stop asking get an answer to
// every request, until a new connection is refused.
func TestDrainLosesNoRequest(t *testing.T) {
	const clients = 16
	server := serveFolder(t, newDataFolder(t))
	answered := make(chan struct{}, clients)
	var asking sync.WaitGroup
	for range clients {
		asking.Go(func() {
			if err := askForever(server.url, answered); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("a client was cut off: %v", err)
			}
		})
	}
	for range clients {
		await(t, answered)
	}
	server.signal(t, syscall.SIGTERM)
	asking.Wait()
	if err := server.wait(t); err != nil {
		t.Errorf("the server ended with %v; stderr: %s", err, server.log)
	}
}

// askForever sends request after request on one connection, as long as it is
// kept, and none twice. It tells of every answer, up to as many as the channel
// holds.
func askForever(url string, answered chan<- struct{}) error {
	client := &http.Client{Transport: &http.Transport{}, Timeout: patience}
	defer client.CloseIdleConnections()
	for {
		request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(directRegister))
		if err != nil {
			return err
		}
		request.GetBody = nil // so that net/http does not send it again
		request.Header.Set("Content-Type", "text/xml")
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, response.Body)
		if err = errors.Join(err, response.Body.Close()); err != nil {
			return err
		}
		select {
		case answered <- struct{}{}:
		default:
		}
	}
}
