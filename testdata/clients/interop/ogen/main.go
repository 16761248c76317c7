// Command ogen goes through both ways to enrol with the client that ogen makes
// of the description of the Platform API.
// Usage: ogen http://127.0.0.1:PORT KEY
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/phone"

	"interop/ogen/api"
)

type key string

// Key implements api.SecuritySource.
func (k key) Key(context.Context, api.OperationName) (api.Key, error) {
	return api.Key{Token: string(k)}, nil
}

var checks int

func check(what string, got, want any) {
	checks++
	if got != want {
		log.Fatalf("%s is %v, not %v", what, got, want)
	}
}

// must returns the answer of a success as its type.
func must[T any](answer any, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	wanted, is := answer.(T)
	if !is {
		log.Fatalf("the answer is %T: %+v", answer, answer)
	}
	fmt.Printf("%T\n", answer)
	checks++
	return wanted
}

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	client, err := api.NewClient(strings.TrimSuffix(os.Args[1], "/")+"/v1", key(os.Args[2]))
	if err != nil {
		log.Fatal(err)
	}
	inOneCall(ctx, client)
	inSingleSteps(ctx, client)
	logIn(ctx, client)
	fmt.Printf("the whole flow: %d checks passed\n", checks)
}

func device() *phone.Device { return &phone.Device{Rand: rand.Reader, Now: time.Now} }

func register(ctx context.Context, client *api.Client) (api.RegisterUserRes, error) {
	return client.RegisterUser(ctx, &api.RegisterUserInput{
		ObjectType: api.RegisterUserInputObjectTypeRegisterUserInputEx, UserID: "josh",
		ActivationType: api.NewOptRegisterUserInputActivationType(api.RegisterUserInputActivationTypeOfflineMDL),
	}, api.RegisterUserParams{})
}

// inOneCall fills a licence for two devices.
func inOneCall(ctx context.Context, client *api.Client) {
	for range 2 {
		first := must[*api.RegisterUserOutputHeaders](register(ctx, client)).Response
		picture := must[*api.RenderQueryOKHeaders](client.RenderQuery(ctx, api.RenderQueryParams{Format: "QR", Message: first.ActivationPassword.Value}))
		begin := make([]byte, 4)
		_, _ = io.ReadFull(picture.Response, begin)
		check("picture", string(begin), "\x89PNG")
		activate(ctx, client, first.RegistrationID, first.ActivationPassword.Value)
		status := must[*api.CheckStatusOutputHeaders](client.CheckStatus(ctx, &api.CheckStatusInput{Login: "josh"}))
		check("status", status.Response.ActivationStatus, api.CheckStatusOutputActivationStatusActivated)
	}
	full := must[*api.ConflictHeaders](register(ctx, client))
	check("refusal", full.Response.Message, "License activation limit reached.")
}

func activate(ctx context.Context, client *api.Client, id, message1 string) {
	d := device()
	state, err := d.TakeMessage1(phone.State{}, id, message1)
	fatal(err)
	code, state, err := d.DeviceCode(state, dsapp.Android)
	fatal(err)
	added := must[*api.DeviceHeaders](client.AddDevice(ctx, &api.AddDeviceInput{DeviceCode: code}, api.AddDeviceParams{RegistrationID: id}))
	finish(ctx, client, d, state, added.Response)
}

func finish(ctx context.Context, client *api.Client, d *phone.Device, state phone.State, added api.Device) {
	state, err := d.TakeMessage2(state, added.ActivationMessage2.Value)
	fatal(err)
	signature, err := state.Signature(added.SerialNumber)
	fatal(err)
	activated := must[*api.ActivatedHeaders](client.Activate(ctx, &api.ActivateInput{Signature: api.NewOptString(signature)},
		api.ActivateParams{RegistrationID: added.RegistrationID}))
	check("instance", activated.Response.SerialNumber, added.SerialNumber)
}

// inSingleSteps takes the licence of user6, whose device reads the message
// before there is a registration.
func inSingleSteps(ctx context.Context, client *api.Client) {
	made := must[*api.UserHeaders](client.PutUser(ctx, api.NewOptUserChange(api.UserChange{EmailAddress: api.NewOptNilString("six@example.com")}), api.PutUserParams{User: "user6@master"}))
	check("e-mail address", made.Response.EmailAddress.Value, "six@example.com")
	found := must[*api.AuthenticatorsHeaders](client.ListAuthenticators(ctx, api.ListAuthenticatorsParams{UserID: api.NewOptString("user6"), Type: api.NewOptString("MDL")}))
	serial := found.Response.Authenticators[0].SerialNumber
	message := must[*api.ActivationMessageHeaders](client.GenerateActivationMessage(ctx, nil, api.GenerateActivationMessageParams{SerialNumber: serial}))
	d := device()
	state, err := d.TakeMessage1(phone.State{}, "before", message.Response.ActivationMessage)
	fatal(err)
	code, state, err := d.DeviceCode(state, dsapp.IOS)
	fatal(err)
	opened := must[*api.DeviceHeaders](client.AddRegistration(ctx, &api.AddRegistrationInput{
		UserID: "user6", DeviceCode: api.NewOptString(code), SerialNumber: api.NewOptString(serial),
		ActivationType: api.NewOptAddRegistrationInputActivationType(api.AddRegistrationInputActivationTypeOfflineMDL),
	}, api.AddRegistrationParams{}))
	finish(ctx, client, d, state, opened.Response)
}

func logIn(ctx context.Context, client *api.Client) {
	login := func(otp string) (api.LoginRes, error) {
		return client.Login(ctx, &api.LoginInput{
			ObjectType:  api.LoginInputObjectTypeLoginInput,
			Credentials: api.NewOptLoginInputCredentials(api.LoginInputCredentials{Authenticator: api.NewOptLoginInputCredentialsAuthenticator(api.LoginInputCredentialsAuthenticator{OTP: otp})}),
		}, api.LoginParams{User: "user2@master"})
	}
	check("session", must[*api.SessionHeaders](login("755224")).Response.SessionStatus, api.SessionSessionStatusAccepted)
	check("refusal", must[*api.ConflictHeaders](login("755224")).Response.Message, "Authentication failed")
	must[*api.NotFoundHeaders](client.GetUser(ctx, api.GetUserParams{User: "nobody"}))
}

func fatal(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
