// Package dsappd wires a DSAPP-SRP provisioning server together: what the
// command starts, what tests and other programs embed.
package dsappd
