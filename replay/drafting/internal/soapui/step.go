package soapui

import (
	"errors"
	"fmt"
	"strings"
)

// step reads a step of a test case.
func (r *reader) step(s source, e *element) *Step {
	return &Step{Place: s.place(e.offset), Name: e.attr("name"), Type: e.attr("type"), Disabled: e.attr("disabled") == "true",
		load: func(step *Step) { r.loadStep(s, e, step) }}
}

// loadStep reads what is in a step.
func (r *reader) loadStep(s source, e *element, step *Step) {
	e, err := s.whole(e)
	if broken, ok := errors.AsType[*SyntaxError](err); ok { // it was well-formed before
		step.Findings = append(step.Findings, Finding{Place: broken.Place, Exact: true, Reason: broken.Reason})
		return
	}
	config := e.first("config")
	switch step.Type {
	case "request":
		if config.has("request") {
			step.Request = r.request(s, config.first("request"), step, config.value("interface"), config.value("operation"))
		}
	case "httprequest":
		r.overHTTP(s, step, config, config.attr("method"))
	case "restrequest":
		r.overHTTP(s, step, config.first("restRequest"), config.attr("methodName"))
	case "properties":
		step.Properties = properties(config)
		if file := config.value("source"); file != "" {
			step.leaveOut(s.place(config.offset), "the step %q takes its properties from the file %q, which is not read: those that were saved stand", step.Name, file)
		}
	case "transfer":
		for _, t := range config.all("transfers") {
			step.Transfers = append(step.Transfers, transfer(s, t))
		}
	case "delay":
		step.Delay = config.value("delay")
	}
}

func (t *Step) leaveOut(at Place, format string, values ...any) {
	t.Findings = append(t.Findings, Finding{Place: at, Reason: fmt.Sprintf(format, values...)})
}

// overHTTP reads a request that is sent without a WSDL. It is one of SOAP if
// its body is an envelope.
func (r *reader) overHTTP(s source, step *Step, e *element, method string) {
	text, err := body(e.first("request"))
	if err != nil || !strings.Contains(text, "Envelope") {
		return
	}
	if method != "" && !strings.EqualFold(method, "POST") && step.Type == "httprequest" {
		step.leaveOut(s.place(e.offset), "the step %q sends an envelope by %s, which SOAP does not", step.Name, method)
		return
	}
	step.Request = r.request(s, e, step, "", "")
	step.Request.SkipAction = true
}

func transfer(s source, e *element) Transfer {
	kind := func(name string) bool {
		return e.value(name) == "XQUERY" || e.value(name) == "JSONPATH"
	}
	return Transfer{
		Place: s.place(e.offset), Name: e.value("name"), Disabled: e.attr("disabled") == "true",
		SourceStep: e.value("sourceStep"), SourceProperty: e.value("sourceType"), SourcePath: e.value("sourcePath"),
		TargetStep: e.value("targetStep"), TargetProperty: e.value("targetType"), TargetPath: e.value("targetPath"),
		Query: e.attr("useXQuery") == "true" || kind("type") || kind("targetTransferType"),
	}
}

// request reads what a step sends, and what it asserts.
func (r *reader) request(s source, e *element, step *Step, iface, name string) *Request {
	request := &Request{Place: s.place(e.first("request").offset), SOAP12: r.binding[iface], Action: r.actions[iface+"\x00"+name].action}
	leave := func(at Place, format string, values ...any) {
		request.Findings = append(request.Findings, Finding{Place: at, Reason: fmt.Sprintf(format, values...)})
	}
	var err error
	if request.Body, err = body(e.first("request")); err != nil {
		leave(request.Place, "the request of %q: %v", step.Name, err)
	}
	r.settings(s, e, request)
	r.credentials(s, e, step, request)
	request.Addressing = r.addressing(s, e)
	request.Security = e.attr("outgoingWss")
	if encoding := e.value("encoding"); encoding != "" && !strings.EqualFold(encoding, "UTF-8") {
		leave(s.place(e.first("encoding").offset), "the request of %q was sent in %s: a transcript sends UTF-8", step.Name, encoding)
	}
	for _, attachment := range e.all("attachment") {
		leave(s.place(attachment.offset), "the attachment %q of %q is not sent: a transcript sends an envelope alone", attachment.value("name"), step.Name)
	}
	for _, each := range []struct{ attribute, what string }{
		{"sslKeystore", "the client certificate of %q is not taken over: give the play one by its own flags"},
		{"incomingWss", "how %q decrypts and checks replies by WS-Security has no equal"},
	} {
		if e.attr(each.attribute) != "" {
			leave(s.place(e.offset), each.what, step.Name)
		}
	}
	if e.attr("useWsReliableMessaging") == "true" {
		leave(s.place(e.offset), "the request of %q is sent by WS-ReliableMessaging, which has no equal", step.Name)
	}
	if e.has("jmsConfig") && len(e.first("jmsConfig").attrs) > 0 && strings.HasPrefix(e.value("endpoint"), "jms:") {
		leave(s.place(e.first("jmsConfig").offset), "the request of %q is sent by JMS: a transcript sends it over HTTP", step.Name)
	}
	for _, a := range e.all("assertion") {
		request.Assertions = append(request.Assertions, assertion(s, a))
	}
	return request
}

// settings reads the settings of a request that bear on what is sent. Their
// names end behind an @.
func (r *reader) settings(s source, e *element, request *Request) {
	for _, setting := range e.first("settings").all("setting") {
		id := setting.attr("id")
		_, name, _ := strings.Cut(id, "@")
		at, on := s.place(setting.offset), strings.TrimSpace(setting.text) == "true"
		switch {
		case name == "request-headers":
			headers, err := headersOf(at, setting.text)
			if broken, ok := errors.AsType[*SyntaxError](err); ok {
				request.Findings = append(request.Findings, Finding{Place: at, Reason: "the headers of HTTP cannot be read: " + broken.Reason})
			}
			request.Headers = append(request.Headers, headers...)
		case name == "skip_soap_action" && on:
			request.SkipAction = true
		case (name == "remove_empty_content" || name == "force_mtom" || name == "enable_inline_files" || name == "strip-whitespaces") && on:
			request.Findings = append(request.Findings, Finding{Place: at, Reason: fmt.Sprintf("the setting %s has no equal: the request is sent as it is written", name)})
		case strings.HasPrefix(name, "entitize") && on:
			request.Entitize = true
		}
	}
}

// headersOf reads the entries in a setting, which hold XML of their own.
func headersOf(at Place, text string) ([]Header, error) {
	l := newLines(at.File, []byte("<headers>"+text+"</headers>"))
	root, err := parse(l)
	if err != nil {
		return nil, err
	}
	var all []Header
	var walk func(*element)
	walk = func(e *element) {
		if e.name == "entry" && e.attr("key") != "" {
			all = append(all, Header{Place: at, Name: e.attr("key"), Value: e.attr("value")})
		}
		for _, child := range e.children {
			walk(child)
		}
	}
	walk(root)
	return all, nil
}

// credentials reads a request's own. SoapUI sends them by Basic where it does
// not wait for a server to ask.
func (r *reader) credentials(s source, e *element, step *Step, request *Request) {
	for _, c := range e.all("credentials") {
		at := s.place(c.offset)
		user, kind := c.first("username").text, c.value("authType")
		if kind == "" {
			kind = c.value("selectedAuthProfile")
		}
		if wss := e.attr("wssPasswordType"); wss != "" && wss != "None" && user != "" {
			request.Token = &Security{Place: at, Username: user, Password: c.first("password").text, Digest: strings.Contains(wss, "Digest")}
		}
		leave := func(what string) {
			request.Findings = append(request.Findings, Finding{Place: at, Reason: fmt.Sprintf(what, step.Name)})
		}
		switch preemptive := kind == "Preemptive" || c.value("preemptive") == "true"; {
		case strings.HasPrefix(kind, "OAuth"):
			leave("%q authorises itself by " + kind + ", which has no equal")
		case user == "" || request.Token != nil && !preemptive:
		case kind == "NTLM" || strings.HasPrefix(kind, "SPNEGO"):
			leave("%q authorises itself by " + kind + ", which has no equal")
		case preemptive:
			request.Username, request.Password = user, c.first("password").text
		case kind == "No Authorization":
			leave("the credentials of %q are not sent: it says No Authorization")
		default:
			leave("the credentials of %q are sent only to a server that asks for them, which dsappd does not")
		}
	}
}

// addressing reads what a request says by WS-Addressing, if it is on.
func (r *reader) addressing(s source, e *element) *Addressing {
	for _, c := range e.all("wsaConfig") {
		at := s.place(c.offset)
		if e.attr("useWsAddressing") != "true" {
			if c.attr("action") != "" || c.attr("to") != "" {
				if r.quiet.count++; r.quiet.count == 1 {
					r.quiet.first = at
				}
			}
			continue
		}
		a := &Addressing{Place: at, Namespace: "http://www.w3.org/2005/08/addressing"}
		if c.attr("version") == "200408" {
			a.Namespace = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
		}
		switch c.attr("mustUnderstand") {
		case "TRUE":
			a.MustUnderstand = "1"
		case "FALSE":
			a.MustUnderstand = "0"
		}
		for _, each := range []struct{ attribute, element string }{
			{"action", "Action"}, {"replyTo", "ReplyTo"}, {"from", "From"}, {"faultTo", "FaultTo"}, {"relatesTo", "RelatesTo"},
			{"messageID", "MessageID"}, {"to", "To"},
		} {
			if value := c.attr(each.attribute); value != "" {
				a.Elements = append(a.Elements, [2]string{each.element, value})
			}
		}
		return a
	}
	return nil
}

// security reads an outgoing configuration of WS-Security.
func security(s source, e *element) Security {
	found := Security{Place: s.place(e.offset), Name: e.value("name"), Username: e.value("username"), Password: e.value("password")}
	token := false
	for _, entry := range e.all("entry") {
		kind := entry.attr("type")
		if kind != "Username" {
			found.Others = append(found.Others, kind)
			continue
		}
		token = true
		for _, holder := range []*element{entry, entry.first("configuration")} {
			if user := holder.value("username"); user != "" {
				found.Username = user
			}
			if password := holder.value("password"); password != "" {
				found.Password = password
			}
		}
		found.Digest = strings.Contains(entry.first("configuration").value("passwordType"), "Digest")
	}
	if !token {
		found.Username = ""
	}
	return found
}

// assertion reads an assertion, whose settings stand in its configuration.
func assertion(s source, e *element) Assertion {
	a := Assertion{Place: s.place(e.offset), Name: e.attr("name"), Type: e.attr("type"), Disabled: e.attr("disabled") == "true", settings: map[string]string{}}
	for _, setting := range e.first("configuration").children {
		if _, twice := a.settings[setting.name]; !twice {
			a.settings[setting.name] = setting.text
		}
	}
	return a
}
