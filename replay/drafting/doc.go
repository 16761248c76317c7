// Package drafting makes transcripts from traffic that somebody recorded, and
// leaves secrets out of them.
//
// A Recorder writes down what goes through an HTTP server. An Importer reads
// what other programs keep of their exchanges, such as HAR files, logs,
// captures of packets and projects of SoapUI, and an ImportRun writes a folder
// of transcripts from it. Both hand each exchange to a Drafter, which sorts
// them into conversations and drafts a transcript of each.
package drafting
