package datafolder

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/sealing"
)

// space watches the free space of the disk that a folder is on.
type space struct {
	last atomic.Int32 // a provision.Space

	// free is how many bytes are free for the folder's owner, and whether that
	// is known.
	free func(dir string) (bytes uint64, known bool)
}

// FreeBytes returns how much of the folder's disk is free, and whether that is
// known.
func (f *Folder) FreeBytes() (bytes uint64, known bool) { return f.space.free(f.Dir) }

// lookEvery is how often the free space is looked at.
const lookEvery = time.Second

// Space returns what there was at the last look.
func (s *space) Space() provision.Space { return provision.Space(s.last.Load()) }

// KeepSpace looks at the free space until ctx ends.
func (f *Folder) KeepSpace(ctx context.Context) {
	looking := time.NewTicker(lookEvery)
	defer looking.Stop()
	for {
		f.lookAtSpace()
		select {
		case <-ctx.Done():
			return
		case <-looking.C:
		}
	}
}

// lookAtSpace logs when the space becomes another than it was. Only what is well
// over a bound is over it again.
func (f *Folder) lookAtSpace() {
	free, known := f.space.free(f.Dir)
	if !known {
		return
	}
	before := f.space.Space()
	now := spaceOf(free, uint64(f.Current().Limits.FreeMiB)<<20, before)
	if now == before {
		return
	}
	f.space.last.Store(int32(now))
	switch now {
	case provision.Ample:
		f.Logger.Info("the disk has room again", "free_mib", free>>20)
	case provision.Short:
		f.Logger.Warn("the disk is short of room: refusals of strangers are only counted", "free_mib", free>>20)
	case provision.Scarce:
		f.Logger.Error("the disk is nearly full: there are no new registrations until there is room", "free_mib", free>>20)
	}
}

// spaceOf says what so many free bytes are, with a reserve, after what there was
// before.
func spaceOf(free, reserve uint64, before provision.Space) provision.Space {
	bound := func(bytes uint64, is provision.Space) bool {
		if before >= is {
			bytes += bytes / 4
		}
		return free < bytes
	}
	switch {
	case bound(reserve/2, provision.Scarce):
		return provision.Scarce
	case bound(reserve, provision.Short):
		return provision.Short
	}
	return provision.Ample
}

// spareFiles are those that a server has open beside its connections.
const spareFiles = 64

// leastConnections are what each listener holds however few files may be open.
const leastConnections = 4

// Connections returns how many connections each of so many listeners holds by
// the settings: fewer than limits.connections where the process may not have as
// many files open, so that the store and the operators' socket have some left.
func Connections(settings Settings, listeners int) int {
	files, known := openFiles()
	if !known || listeners == 0 {
		return settings.Limits.Connections
	}
	room := (int(min(files, 1<<30)) - spareFiles) / listeners
	return min(settings.Limits.Connections, max(room, leastConnections))
}

// WarnOfFiles logs a warning when the process may not have as many files open
// as the connections of so many listeners take.
func (f *Folder) WarnOfFiles(listeners int) {
	limits := f.Current().Limits
	held := Connections(f.Current(), listeners)
	if held == limits.Connections {
		return
	}
	files, _ := openFiles()
	f.Logger.Warn("each listener holds fewer connections than limits.connections says, because the process may not have as many files open: raise its limit (LimitNOFILE= of systemd, ulimit -n of a shell)",
		"files", files, "needed", listeners*limits.Connections+spareFiles, "connections", held)
}

// WarnOfSeals logs a warning when the sealing key has sealed half of the
// secrets that it may, or more.
func (f *Folder) WarnOfSeals() {
	if sealed := f.Service.Sealer.Sealed(); sealed > sealing.MaxSealed/2 {
		f.Logger.Warn("the sealing key has sealed many secrets: make a new one with: dsappd key rotate",
			"sealed", sealed, "limit", uint64(sealing.MaxSealed))
	}
}
