// Package cputime reads clocks of CPU time for benchmarks: what else the machine
// does is not in what they measure.
package cputime
