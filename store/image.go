package store

import (
	"context"
	"fmt"
)

// Image is what a store held at one moment, in memory.
type Image struct{ entries map[string]Entry }

// Image copies the records of the store but for those of kinds that without
// names.
func (s *Store) Image(ctx context.Context, without func(kind string) bool) (*Image, error) {
	snapshot, err := s.engine.Snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	defer snapshot.Close()
	image := &Image{entries: make(map[string]Entry)}
	for entry, err := range snapshot.Scan("", "") {
		if err != nil {
			return nil, fmt.Errorf("image: %w", err)
		}
		if !without(KindOf(entry.Key)) {
			entry.Value = append([]byte(nil), entry.Value...)
			image.entries[entry.Key] = entry
		}
	}
	return image, nil
}

// Restore brings the records of the store back to an image of it, in one commit,
// but for those of kinds that without names. Records that have not moved since
// stay as they are; the others get a new revision, so that whoever has read them
// notices.
func (s *Store) Restore(ctx context.Context, image *Image, without func(kind string) bool) error {
	now, err := s.Image(ctx, without)
	if err != nil {
		return err
	}
	var writes []Write
	for key := range now.entries {
		if _, stays := image.entries[key]; !stays {
			writes = append(writes, Write{Key: key, Delete: true})
		}
	}
	for key, entry := range image.entries {
		if now.entries[key].Revision != entry.Revision {
			writes = append(writes, Write{Key: key, Value: entry.Value})
		}
	}
	if len(writes) == 0 {
		return nil
	}
	if err := s.engine.Commit(ctx, nil, writes); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}
