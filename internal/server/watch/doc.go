// Package watch answers those who keep a server running: whether it lives, whether
// it is ready, and what Prometheus reads of it.
package watch
