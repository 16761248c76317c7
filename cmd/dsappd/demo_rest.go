package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/phone"
)

// The user and the licence of the course over REST. The licence is for two
// devices.
const (
	restUser    = "josh"
	restLicence = "VDM1000101"
	restDevices = 2
)

// rest is a site that calls the Platform API for a user whose device sends
// nothing.
type rest struct {
	*demo
	device *phone.Device
	state  phone.State
}

// restReply is what the API answered.
type restReply struct {
	status  int
	members map[string]string // those that are texts
}

// playREST activates devices of a new user until the licence is full.
func (d *demo) playREST(ctx context.Context) error {
	d.print.opening("Offline activation over REST: a new user, and one device after another until the licence is full.", d.urls.Platform+"v1/", d.dir)
	r := &rest{demo: d, device: &phone.Device{Rand: rand.Reader, Now: time.Now}}
	for range restDevices {
		if err := r.activate(ctx); err != nil {
			return err
		}
	}
	full, err := r.register(ctx, "The licence has no place left for another device.")
	if err != nil {
		return err
	}
	if full.status != http.StatusConflict {
		return fmt.Errorf("the licence takes more than %d devices", restDevices)
	}
	a, err := d.authenticator(ctx, restLicence)
	if err != nil {
		return err
	}
	instance := r.state.MDL.Instances[0]
	otp, err := r.device.InstanceOTP(r.state, instance.Name())
	if err != nil {
		return err
	}
	d.print.conclusionMDL(a, instance.Name(), otp)
	return nil
}

func (r *rest) register(ctx context.Context, about string) (restReply, error) {
	return r.post(ctx, about, "users/register", map[string]string{
		"objectType": "RegisterUserInputEx", "userID": restUser, "serialNumber": restLicence, "activationType": "offlineMDL"})
}

// activate takes a device from the registration to the end.
func (r *rest) activate(ctx context.Context) error {
	registered, err := r.register(ctx, "The site registers the user, who is made if there is none, and names the licence.")
	if err != nil {
		return err
	}
	path := "registrations/" + registered.members["registrationID"]
	if err := r.render(ctx, registered.members["activationPassword"], "The activation password is Activation Message 1. The site shows it as an image."); err != nil {
		return err
	}
	r.state, err = r.device.TakeMessage1(phone.State{}, registered.members["registrationID"], registered.members["activationPassword"])
	if err != nil {
		return err
	}
	code, state, err := r.device.DeviceCode(r.state, dsapp.Hardware)
	if err != nil {
		return err
	}
	r.print.note("The device scans the image and shows a device code, which the user types in: " + code + ".")
	added, err := r.post(ctx, "The site adds the device and gets Activation Message 2 for it.", path+"/add-device", map[string]string{"deviceCode": code})
	if err != nil {
		return err
	}
	if err := r.render(ctx, added.members["activationMessage2"], "The site shows Activation Message 2 as an image."); err != nil {
		return err
	}
	if r.state, err = r.device.TakeMessage2(state, added.members["activationMessage2"]); err != nil {
		return err
	}
	signature, err := r.state.Signature("")
	if err != nil {
		return err
	}
	r.print.note("The device scans it and shows a signature: " + signature + ".")
	activated, err := r.post(ctx, "The signature activates the device.", path+"/activate", map[string]string{"signature": signature})
	if err != nil {
		return err
	}
	if r.state, err = r.state.Confirm(activated.members["serialNumber"]); err != nil {
		return err
	}
	_, err = r.post(ctx, "The site asks how far the user has come.", "registrations/check-status", map[string]string{"login": restUser, "timeoutSeconds": "0"})
	return err
}

func (r *rest) render(ctx context.Context, message, about string) error {
	_, err := r.call(ctx, about, http.MethodGet, "visualcodes/render?format=QR&message="+url.QueryEscape(message), nil)
	return err
}

func (r *rest) post(ctx context.Context, about, path string, members map[string]string) (restReply, error) {
	body, err := json.Marshal(members)
	if err != nil {
		return restReply{}, err
	}
	return r.call(ctx, about, http.MethodPost, path, body)
}

// call asks the API and prints the request as a line of curl.
func (r *rest) call(ctx context.Context, about, method, path string, body []byte) (restReply, error) {
	address := r.urls.Platform + "v1/" + path
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(string(body)))
	if err != nil {
		return restReply{}, err
	}
	request.Header.Set("Authorization", "Bearer "+samplePlatformKey)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	began := time.Now()
	response, err := r.plain.Do(request)
	if err != nil {
		return restReply{}, err
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	took := time.Since(began)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return restReply{}, err
	}
	step := restStep{about: about, Method: method, URL: address, Sent: body, Status: response.StatusCode, TookSeconds: took.Seconds()}
	reply := restReply{status: response.StatusCode, members: make(map[string]string)}
	if response.Header.Get("Content-Type") == "application/json" {
		step.Answer = json.RawMessage(strings.TrimSpace(string(answer)))
		reply.members = texts(answer)
	} else {
		step.picture = fmt.Sprintf("%s, %d bytes", response.Header.Get("Content-Type"), len(answer))
	}
	r.print.restStep(step)
	return reply, nil
}

// texts returns the members of an object that are texts.
func texts(object []byte) map[string]string {
	var all map[string]any
	members := make(map[string]string)
	if json.Unmarshal(object, &all) == nil {
		for name, value := range all {
			if text, is := value.(string); is {
				members[name] = text
			}
		}
	}
	return members
}

// restStep is one call of the Platform API.
type restStep struct {
	Step        int             `json:"step"`
	Method      string          `json:"method"`
	URL         string          `json:"url"`
	Sent        json.RawMessage `json:"sent,omitempty"`
	Status      int             `json:"status"`
	Answer      json.RawMessage `json:"answer,omitempty"`
	TookSeconds float64         `json:"tookSeconds"`

	about   string
	picture string // in words; empty: the answer is JSON
}

// restStep prints a call as curl makes it, and the answer.
func (p *demoPrinter) restStep(s restStep) {
	p.steps++
	s.Step = p.steps
	if p.json {
		printJSONLine(p.out, s)
		return
	}
	fmt.Fprintf(p.out, "%s: %s\n", p.painted(bold, fmt.Sprintf("%d. %s %s", s.Step, s.Method, s.path())), s.about)
	line := "curl -sS -H 'Authorization: Bearer " + samplePlatformKey + "' '" + s.URL + "'"
	if s.Sent != nil {
		line += " -H 'Content-Type: application/json' -d '" + string(s.Sent) + "'"
	}
	p.line("", line)
	colour := green
	if s.Status >= http.StatusBadRequest {
		colour = red
	}
	p.line("answer", p.painted(colour, fmt.Sprintf("%d %s", s.Status, http.StatusText(s.Status)))+" "+string(s.Answer)+s.picture)
	p.line("took", fmt.Sprintf("%.1f ms", s.TookSeconds*1000))
	fmt.Fprintln(p.out)
}

// path returns the URL's path below the version, without the query.
func (s restStep) path() string {
	_, path, _ := strings.Cut(s.URL, "/v1")
	path, _, _ = strings.Cut(path, "?")
	return path
}
