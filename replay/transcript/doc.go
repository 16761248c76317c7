// Package transcript holds transcripts as data and writes their files.
//
// Fill in a Transcript and let Format write it. Package replay reads the file
// again and plays it; docs/replay.md describes it.
package transcript
