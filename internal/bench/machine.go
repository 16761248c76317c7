package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// machine is where the benchmarks run, and how busy it is with other things.
type machine struct {
	cpu           string
	cores         int
	fsyncs        float64 // a second, one after the other
	before, after float64 // load of the last minute
}

// inspect measures the machine before the benchmarks.
func inspect() (*machine, error) {
	m := &machine{cpu: cpuName(), cores: runtime.NumCPU(), before: systemLoad()}
	var err error
	m.fsyncs, err = fsyncRate()
	return m, err
}

// end looks at the machine again.
func (m *machine) end() { m.after = systemLoad() }

// busy reports whether others had so much to do that figures say little. The
// benchmarks keep every core busy by themselves, so it goes by the load before.
func (m *machine) busy() bool { return m.before > float64(m.cores) }

func (m *machine) String() string {
	return fmt.Sprintf("%d cores of %s, %s/%s, %.0f fsyncs a second, load %.2f before and %.2f after",
		m.cores, m.cpu, runtime.GOOS, runtime.GOARCH, m.fsyncs, m.before, m.after)
}

// cpuName returns the model of the CPU, or its architecture where the system does
// not say.
func cpuName() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	_, rest, found := strings.Cut(string(text), "model name")
	name, _, _ := strings.Cut(rest, "\n")
	if !found {
		return runtime.GOARCH
	}
	return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
}

// systemLoad returns the system's load of the last minute, 0 where it does not say.
func systemLoad() float64 {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := bytes.Cut(text, []byte(" "))
	value, _ := strconv.ParseFloat(string(first), 64)
	return value
}

// fsyncRate measures how often a second 4 KiB can be appended to a file and
// brought to disk, where temporary folders are.
func fsyncRate() (float64, error) {
	dir, err := os.MkdirTemp("", "dsappd-fsync-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	file, err := os.Create(filepath.Join(dir, "file"))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	page := make([]byte, 4096)
	synced := 0
	begin := time.Now()
	for ; time.Since(begin) < time.Second; synced++ {
		if _, err := file.Write(page); err != nil {
			return 0, err
		}
		if err := file.Sync(); err != nil {
			return 0, err
		}
	}
	return float64(synced) / time.Since(begin).Seconds(), nil
}
