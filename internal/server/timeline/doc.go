// Package timeline remembers the last requests at a server's doors and what
// became of them, in memory. Their bodies are kept as they came, and are shown
// without their secrets only.
package timeline
