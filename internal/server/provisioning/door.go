package provisioning

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/browser"
	"github.com/dsappd/dsappd/internal/server/directory"
	"github.com/dsappd/dsappd/internal/server/journal"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// Config is what the door is made of. Fields are required unless they say
// otherwise.
type Config struct {
	Service *provision.Service
	Log     *slog.Logger

	// Interfaces are others that share the endpoint.
	Interfaces []operation.Interface

	Strict      bool          // hold requests to the schema to the letter
	MaxSize     int           // of a request's body in bytes; 0: soap's
	MaxParts    int           // of a request; 0: soap's
	BodyTimeout time.Duration // for a request's body to arrive; 0: soap's
	Trace       io.Writer     // gets every envelope without its secrets; optional

	// Turn waits until a request may be read that is costly to read, as
	// soap.Config has it; optional.
	Turn func(ctx context.Context, remoteAddr string) (done func(), err error)

	// ReadClosed reports whether one more request may be read from an address at
	// which no component may call; nil: always.
	ReadClosed func(netip.Addr) bool

	// PublicURL is the endpoint that the WSDL names; empty: the address that
	// was asked for it.
	PublicURL string

	// Stylesheet is that of the page for people; optional.
	Stylesheet []byte

	// Origins are those of web pages that may call, such as
	// https://tools.example.
	Origins []string

	// Directory names the server's other doors; optional.
	Directory *directory.Directory

	// Journal remembers what is turned away; optional.
	Journal *journal.Journal

	// Proxies are the peers that are asked, by X-Forwarded-For, for whom they
	// speak, in the form of provision.ParseLocation; without them the header
	// is not read.
	Proxies []netip.Prefix

	// Hosts are the names, beside localhost, by which a loopback address may
	// be asked without TLS.
	Hosts []string
}

// NewHandler makes the door, which answers on any path.
func NewHandler(c Config) (*soap.Handler, error) {
	schema, err := theSchema()
	if err != nil {
		return nil, err
	}
	var trace *soap.Trace
	if c.Trace != nil {
		trace = &soap.Trace{Schema: schema, Writer: c.Trace}
	}
	table, err := theCommandTable()
	if err != nil {
		return nil, err
	}
	description, err := newDescription(c)
	if err != nil {
		return nil, err
	}
	guard := browser.New(c.Hosts, c.Proxies)
	for _, origin := range c.Origins {
		if err := guard.Trust(origin); err != nil {
			return nil, err
		}
	}
	d := &door{Door: operation.Door{Service: c.Service, Log: c.Log, Proxies: c.Proxies, Strict: c.Strict, Journal: c.Journal}, table: table}
	operations := d.operations()
	for _, other := range c.Interfaces {
		more, err := other(d.Door)
		if err != nil {
			return nil, err
		}
		maps.Copy(operations, more)
	}
	return soap.NewHandler(soap.Config{
		Operations: operations,
		Schema:     schema,
		Namespaces: namespaces(),
		Detail:     faultDetail,
		Describe:   description.answer,
		Nearest:    provision.Near,
		TurnedAway: d.TurnedAway,
		Admit: func(r *http.Request, asked *soap.Request) error {
			if fault := misguided(guard, c.Directory, r); fault != nil {
				return fault
			}
			if r.Method != http.MethodPost {
				return nil // it asks for the description
			}
			return d.admit(r.Context(), asked, c.ReadClosed)
		},
		Strict:      c.Strict,
		MaxSize:     c.MaxSize,
		MaxParts:    c.MaxParts,
		BodyTimeout: c.BodyTimeout,
		Turn:        c.Turn,
		Trace:       trace,
		Log:         c.Log,
		Rand:        c.Service.Rand,
		Now:         c.Service.Now,
	})
}

// misguided refuses what a web page has a browser send, and names the right
// door to who sends JSON.
func misguided(guard *browser.Guard, doors *directory.Directory, r *http.Request) *soap.Fault {
	gateway := ""
	if sendsJSON(r) {
		gateway = doors.For(r).Gateway
	}
	switch {
	case guard.StrangeHost(r):
		return &soap.Fault{Code: soap.CodeClient, Reason: soap.StrangeHost, Status: http.StatusMisdirectedRequest,
			String: "The request's Host is a name that this server does not go by: on a loopback address it is localhost, an IP address or a name in the setting soap.hosts."}
	case guard.OtherOrigin(r):
		return &soap.Fault{Code: soap.CodeClient, Reason: soap.OtherOrigin, Status: http.StatusForbidden,
			String: "A web page of another origin had a browser send this request: only programs may, and pages whose origin is in the setting soap.origins."}
	case gateway != "":
		return &soap.Fault{Code: soap.CodeClient, Reason: soap.WrongAddress, Status: http.StatusUnsupportedMediaType,
			String: "This is the SOAP interface, and the request is JSON: the gateway's REST services are at " + gateway + "."}
	}
	return nil
}

func sendsJSON(r *http.Request) bool {
	header := r.Header.Get("Content-Type")
	if strings.HasPrefix(header, "text/xml") {
		return false // nearly every request: it is parsed once, by soap
	}
	media, _, _ := mime.ParseMediaType(header)
	return media == "application/json"
}

// admit makes the server read little of a request from an address at which no
// component may call: the operation refuses it, as it does any component that
// may not call. Too many of them get a Fault instead, and nothing of them is
// read.
func (d *door) admit(ctx context.Context, r *soap.Request, readClosed func(netip.Addr) bool) error {
	from, err := d.Proxies.Request(r.RemoteAddr, r.Header)
	if err != nil {
		return nil // the operation says so
	}
	caller := provision.Caller{Address: from.Address, RequestID: r.ID, Doubt: from.Doubt}
	if admitted, err := d.Service.Admits(ctx, caller); admitted || err != nil {
		return nil
	}
	refuse := func() error {
		err := d.Service.Admit(ctx, caller)
		if refusal, ok := errors.AsType[*provision.Error](err); ok {
			r.Note(from.Attrs()...)
			return &soap.Fault{Code: soap.CodeClient, Reason: soap.ClosedAddress, Status: http.StatusForbidden, String: refusal.Desc}
		}
		return nil
	}
	if readClosed != nil && !readClosed(from.Address) {
		return refuse()
	}
	return &soap.Sparingly{Refuse: refuse}
}

// theSchema and theCommandTable are the same for every handler and never
// change. To make them costs more than to answer a request, and plays of
// transcripts make a handler each.
var (
	theSchema       = sync.OnceValues(newSchema)
	theCommandTable = sync.OnceValues(newCommandTable)
)

// Schema returns what the interface's envelopes are made of.
func Schema() (*soap.Schema, error) { return theSchema() }

// newSchema gives soap what wsdl knows.
func newSchema() (*soap.Schema, error) {
	var elements []soap.Element
	for _, e := range wsdl.Elements() {
		elements = append(elements, soap.Element(e))
	}
	return soap.NewSchema(elements)
}

func namespaces() []soap.Namespace {
	var out []soap.Namespace
	for _, n := range wsdl.Namespaces() {
		out = append(out, soap.Namespace(n))
	}
	return out
}

// faultDetail appends the typed detail that the WSDL declares.
func faultDetail(dst []byte, f *soap.Fault, requestID string) []byte {
	detail := wsdl.ProvisioningFault{Reason: string(f.Reason), RequestID: requestID}
	if f.Line != 0 {
		line, column := int32(f.Line), int32(f.Column)
		detail.Line, detail.Column = &line, &column
	}
	return wsdl.AppendProvisioningFault(dst, &detail)
}

type door struct {
	operation.Door
	table *commandTable
}

// operations returns all operations of the interface; each is in the file of
// its name.
func (d *door) operations() map[xml.Name]soap.Operation {
	name := func(local string) xml.Name { return xml.Name{Space: wsdl.Provisioning, Local: local} }
	return map[xml.Name]soap.Operation{
		name("dsappSRPRegister"):               operation.New(&d.Door, d.dsappSRPRegister, replyDSAPPSRPRegister),
		name("dsappSRPGenerateEphemeralKey"):   operation.New(&d.Door, d.dsappSRPGenerateEphemeralKey, replyDSAPPSRPGenerateEphemeralKey),
		name("dsappSRPGenerateActivationData"): operation.New(&d.Door, d.dsappSRPGenerateActivationData, replyDSAPPSRPGenerateActivationData),
		name("dsappSRPActivate"):               operation.New(&d.Door, d.dsappSRPActivate, replyDSAPPSRPActivate),
		name("getAppUpgradeInfo"):              operation.New(&d.Door, d.getAppUpgradeInfo, replyGetAppUpgradeInfo),
		name("updateDevicePNID"):               operation.New(&d.Door, d.updateDevicePNID, replyUpdateDevicePNID),
		name("provisioningExecute"):            operation.New(&d.Door, d.provisioningExecute, replyProvisioningExecute),
	}
}

// value returns an optional element's text, or "" if it is absent.
func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func userOutput(u provision.UserOutput) wsdl.UserOutput {
	out := wsdl.UserOutput{UserID: u.UserID, Domain: u.Domain}
	if u.OrgUnit != "" {
		out.OrgUnit = &u.OrgUnit
	}
	return out
}
