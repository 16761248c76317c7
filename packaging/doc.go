// Package packaging holds what dsappd is installed with: a systemd unit, a Debian
// package and an image. Its tests build and use them.
package packaging
