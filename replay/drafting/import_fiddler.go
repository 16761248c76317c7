package drafting

import (
	"bytes"
	"context"
	"encoding/xml"
	"regexp"
	"strings"
	"time"
)

// fiddlerRequest is the name of a file with a request in a session archive of
// Fiddler (SAZ); _s.txt has its reply, and _m.xml what else is known.
var fiddlerRequest = regexp.MustCompile(`^(raw/[0-9]+)_c\.txt$`)

// isFiddler reports whether files are those of a session archive of Fiddler.
func (z *zipped) isFiddler() bool {
	for _, name := range z.names {
		if fiddlerRequest.MatchString(name) {
			return true
		}
	}
	return false
}

// readFiddler reads a session archive of Fiddler.
func (i *Importer) readFiddler(ctx context.Context, z *zipped) error {
	var all []Recorded
	for _, name := range z.names {
		session := fiddlerRequest.FindStringSubmatch(name)
		if session == nil {
			continue
		}
		k, err := i.fiddlerSession(ctx, z, session[1])
		if err != nil {
			return err
		}
		if r, ok := i.exchange(k); ok {
			all = append(all, r)
		}
	}
	return i.draft(ctx, byTime(all))
}

// fiddlerSession returns a session of an archive by the beginning of the names of
// its files.
func (i *Importer) fiddlerSession(ctx context.Context, z *zipped, session string) (keptExchange, error) {
	request, err := i.memberPart(ctx, z, session+"_c.txt")
	if err != nil {
		return keptExchange{}, err
	}
	reply, err := i.memberPart(ctx, z, session+"_s.txt")
	if err != nil {
		return keptExchange{}, err
	}
	about, err := i.memberPart(ctx, z, session+"_m.xml")
	if err != nil {
		return keptExchange{}, err
	}
	k := keptExchange{at: Source{File: z.files[session+"_c.txt"].name, Line: 1}, when: fiddlerTime(about)}
	if first, header, body, ok := takeApart(request); ok {
		words := append(strings.Fields(first), "", "")
		k.method, k.url, k.header, k.request = words[0], words[1], header, keptBody{raw: body}
	}
	if first, header, body, ok := takeApart(reply); ok {
		k.replyAt = Source{File: z.files[session+"_s.txt"].name, Line: 1}
		k.status, k.replyHeader, k.reply = statusOf(first), header, keptBody{raw: body}
	}
	return k, nil
}

// fiddlerTime returns when a session began; zero: it is not known.
func fiddlerTime(about []byte) time.Time {
	var session struct {
		Timers struct {
			Began string `xml:"ClientBeginRequest,attr"`
			Sent  string `xml:"ClientDoneRequest,attr"`
		} `xml:"SessionTimers"`
	}
	if xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(about, []byte("\uFEFF")))).Decode(&session) != nil {
		return time.Time{}
	}
	for _, text := range []string{session.Timers.Began, session.Timers.Sent} {
		if at := timeOf(text); at.Year() > 1 {
			return at
		}
	}
	return time.Time{}
}
