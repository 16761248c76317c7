package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// record adds what go test printed to the history: to the file of the commit and
// the day, in the format of benchstat, after lines about the machine.
func record(folder string, now time.Time, m *machine, output []byte) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	commit := describe()
	name := filepath.Join(folder, now.UTC().Format(time.DateOnly)+"-"+commit+".txt")
	text := fmt.Sprintf("commit: %s\ndate: %s\nmachine-cores: %d\nfsyncs: %.0f\nload-before: %.2f\nload-after: %.2f\n%s",
		commit, now.UTC().Format(time.RFC3339), m.cores, m.fsyncs, m.before, m.after, output)
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("keep the history: %w", err)
	}
	if _, err := file.WriteString(text); err != nil {
		_ = file.Close()
		return fmt.Errorf("keep the history: %w", err)
	}
	return file.Close()
}

// describe names the commit, with -dirty where files differ from it.
func describe() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty", "--exclude", "*").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
