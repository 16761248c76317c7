// Package console is the self-management page: a user signs in with a static
// password, is shown the activation image of an authenticator, and sees the
// steps of the phone as they are committed.
//
// The page stands on pages of HTML alone: without JavaScript everything works
// but the following, which becomes a link. What is secret is shown once, in
// the answer to the request that registered. It is in no URL, and the page
// that a reload brings has it no more.
//
// Sessions are in memory: they end with the server, and a registration does
// not.
package console
