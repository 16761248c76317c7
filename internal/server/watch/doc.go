// Package watch answers those who keep a server running: whether it lives and
// whether it is ready.
package watch
