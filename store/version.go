package store

// Version is the record whose revision moves with every record of a kind that
// is Versioned. It says nothing itself.
type Version struct {
	Revised
	Kind string
}

// Versions are the versions of all kinds that have one, under their names.
var Versions = Kind[string, Version]{
	Name:      "version",
	PartNames: []string{"Kind"},
	Split:     OnePart,
	KeyOf:     func(v Version) string { return v.Kind },
	Fields:    func(v *Version, f *Fields) { Text(f, 1, &v.Kind) },
}

// moveVersion writes the version of a kind anew, if it has one. It reads
// nothing, so that two transactions may move it at once.
func moveVersion[K, R any](t *Tx, kind Kind[K, R]) error {
	if !kind.Versioned {
		return nil
	}
	return Put(t, Versions, Version{Kind: kind.Name})
}

// LookVersion returns the version of a kind: it is the same for as long as no
// record of the kind has been put or deleted. 0 is the version before the
// first.
func LookVersion[K, R any](r Reader, kind Kind[K, R]) (uint64, error) {
	key, err := Versions.Key(kind.Name)
	if err != nil {
		return 0, err
	}
	_, revision, err := r.get(key)
	return revision, err
}

// ExpectVersion makes Update check that a kind still has a version.
func ExpectVersion[K, R any](t *Tx, kind Kind[K, R], version uint64) error {
	return Expect(t, Versions, kind.Name, version)
}
