package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// messages sends messages that cost more to read than to send.
func messages() campaign {
	s := siege{settings: cheapHashes(), attacks: []string{"costly 8 1 100", "costly 8 100 100"}}
	return campaign{
		name:  "messages",
		about: "send packed, deep, split and repetitive messages over 48 connections, again and again",
		run:   s.run,
		mutants: []mutant{
			{"no-limits", []edit{
				{"soap/meter.go", "case m.parts > m.limit:", "case false:"},
				{"soap/meter.go", "&& m.payer != nil:", "&& false:"},
				{"soap/body.go", "fault = e.costly()", "fault = nil"},
				{"soap/body.go", "most := min(limit, freeSize+maxRatio*len(packed))", "limit = MaxSize\n\tmost := limit"},
			}},
		},
	}
}

// costly sends costly messages on one connection, each when the last one was
// answered.
func costly(c net.Conn) {
	answers := bufio.NewReader(c)
	for {
		for _, request := range costlyRequests {
			if _, err := c.Write(request); err != nil {
				return
			}
			answer, err := http.ReadResponse(answers, nil)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
	}
}

// costlyRequests are made once.
var costlyRequests = makeCostly()

func makeCostly() [][]byte {
	const before = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>` +
		`<p:dsappSRPRegister xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">`
	const after = `</p:dsappSRPRegister></e:Body></e:Envelope>`
	fill := func(size int, piece string) string {
		return before + strings.Repeat(piece, (size-500)/len(piece)) + after
	}
	const all = 64 << 10
	return [][]byte{
		packed(fill(1<<20, "<a/>")),
		packed(fill(1<<20, "<a><b/></a>")),
		packed(fill(all, "<a/>")),
		plain(fill(all, "<a/>")),
		plain(fill(all, `<a b="" c="" d="" e=""/>`)),
		plain(fill(all, `<a xmlns:b="c" xmlns:d="e"/>`)),
		plain(fill(all, "<!---->")),
		plain(fill(all, "x<![CDATA[]]>")),
		plain(fill(all, "&lt;")),
		plain(fill(all, strings.Repeat("<a>", 20)+strings.Repeat("</a>", 20))),
		plain(before + strings.Repeat(`<user href="#u"/>`, 2000) + after),
		plain(strings.Replace(before+`<user href="#u"/>`+after, "</e:Body>", `<u id="u">`+strings.Repeat(`<userID href="#v"/>`, 1000)+`</u><v id="v">`+strings.Repeat("<a/>", 8000)+`</v></e:Body>`, 1)),
		plain(fill(2000, "<a/>")),
	}
}

func plain(body string) []byte {
	return fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func packed(body string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, body) // neither fails
	_ = w.Close()
	return fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", b.Len(), b.Bytes())
}
