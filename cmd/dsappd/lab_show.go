package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	intlab "github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/server/lab"
)

type labShowCommand struct{ labFlags }

func (c *labShowCommand) Run(ctx context.Context, std streams) error {
	return steer(ctx, std, c.labFlags, func(client *lab.Client) (intlab.Shown, error) { return client.Show(ctx) },
		func(shown intlab.Shown) string { return strings.TrimSuffix(labText(shown), "\n") })
}

// labText says where a lab answers and who is in it, with more rows behind the
// addresses.
func labText(shown intlab.Shown, more ...[2]string) string {
	var b strings.Builder
	table := newTable(&b)
	rows := [][2]string{
		{"SOAP clients", withPath(shown.URLs.SOAP, "?wsdl")}, {"REST clients", withKeys(withPath(shown.URLs.Platform, "v1/"), shown.PlatformKeys)},
		{"phones", withKeys(shown.URLs.Gateway, shown.GatewayKeys)}, {"browsers", shown.URLs.Console}, {"the lab's controls", withPath(shown.URLs.Lab, "lab/")},
	}
	for _, row := range append(rows, more...) {
		if row[1] != "" {
			fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
		}
	}
	table.Flush()
	b.WriteString("\n")
	table = newTable(&b)
	fmt.Fprintln(table, "USER\tPASSWORD\tAUTHENTICATOR\tKIND\tNEXT ONE-TIME PASSWORD")
	for _, u := range shown.Users {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", harmless(u.UserID), labPassword(shown, u), orDash(u.SerialNumber), orDash(strings.ToUpper(u.Type)), labOTP(u))
	}
	table.Flush()
	return b.String()
}

// labPassword is what a user logs in by: a password, or the API key of a service
// user.
func labPassword(shown intlab.Shown, u intlab.User) string {
	if key := shown.ServiceKeys[u.UserID]; key != "" && u.Password == "" {
		return "API key " + key
	}
	return cmp.Or(harmless(u.Password), "not known")
}

// withPath returns a URL with a path behind it; none where there is no URL.
func withPath(url, path string) string {
	if url == "" {
		return ""
	}
	return url + path
}

// withKeys returns a URL and the keys that open it.
func withKeys(url string, keys map[string]string) string {
	if url == "" || len(keys) == 0 {
		return url
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		all = append(all, keys[name])
	}
	noun := "key"
	if len(all) > 1 {
		noun = "keys"
	}
	return url + ", " + noun + " " + strings.Join(all, ", ")
}

// labOTP is the next one-time password as people type it.
func labOTP(u intlab.User) string {
	switch {
	case u.SerialNumber == "":
		return "-"
	case u.OTP == "":
		return "its devices make them"
	case u.PIN && u.Password == samplePassword:
		return u.OTP + ", after the PIN 1234"
	case u.PIN:
		return u.OTP + ", after the PIN"
	}
	return u.OTP
}

// samplePassword is that of every user of the sample.
const samplePassword = "Password2"
