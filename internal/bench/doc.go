// Command bench runs the benchmarks that goals of speed are set for, and prints
// them as one table: what was measured, the reference of the same run, their
// ratio and the goal. It adds what go test printed to a file of the history,
// which benchstat compares.
//
// The benchmarks of the whole program are tests of this package; those of a room
// are in the room.
package main
