package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// attackCommand is the first argument of a process that attacks: one of its own,
// so that the good clients do not wait for it.
const attackCommand = "attack"

// attack starts processes that attack a server, and returns them when all have
// begun.
func (r *rig) attack(s *server, all []string) ([]*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var started []*process
	for _, what := range all {
		p, err := r.start(self, append([]string{attackCommand, s.soap, s.gateway, s.console}, strings.Fields(what)...)...)
		if err != nil {
			return nil, err
		}
		started = append(started, p)
	}
	for i, p := range started {
		if line, err := p.line(); err != nil || line != begun {
			return nil, fmt.Errorf("attack %s: %q, %w: %s", all[i], line, err, p.errors())
		}
	}
	return started, nil
}

// begun is what a process that attacks prints once it does.
const begun = "begun"

// attackMain attacks until it is killed. Its arguments are the three URLs, the
// kind of attack, how many connections it holds at each listener, from how many
// addresses, and how many it begins in a second at most: an attack on the
// processors would be one on the attacker's too, which are the same here.
func attackMain(args []string) {
	urls, kind := args[:3], args[3]
	var numbers [3]int
	for i := range numbers {
		var err error
		if numbers[i], err = strconv.Atoi(args[4+i]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	connections, addresses, pace := numbers[0], numbers[1], numbers[2]
	a := attacker{kind: kind, tokens: make(chan struct{}, 1)}
	go a.refill(time.Second / time.Duration(pace))
	for _, at := range urls {
		target, err := url.Parse(at)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		for n := range connections {
			go a.keepOn(target, fmt.Sprintf("127.0.1.%d", 1+n%addresses))
		}
	}
	time.Sleep(time.Duration(3*connections) * time.Second / time.Duration(pace)) // until all have been begun
	fmt.Println(begun)
	select {}
}

// attacker holds connections, each anew when it is closed.
type attacker struct {
	kind   string
	tokens chan struct{} // for new connections
}

func (a attacker) refill(interval time.Duration) {
	for range time.Tick(interval) {
		a.tokens <- struct{}{}
	}
}

func (a attacker) keepOn(target *url.URL, from string) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 5 * time.Second}
	for {
		<-a.tokens
		c, err := dialer.DialContext(context.Background(), "tcp", target.Host)
		if err != nil {
			continue
		}
		_ = c.(*net.TCPConn).SetReadBuffer(4096)
		if target.Scheme == "https" && a.kind != "silent" {
			c = tls.Client(c, &tls.Config{InsecureSkipVerify: true})
		}
		a.hold(c)
		c.Close()
	}
}
