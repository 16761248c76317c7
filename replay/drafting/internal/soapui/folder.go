package soapui

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Settings is the file in each folder of a composite project that holds what
// its own element says; Order names what else is in it, in its order.
const (
	Settings = "settings.xml"
	Order    = "element.order"
)

// IsFolder reports whether a folder is a composite project, or a suite or a
// test case of one.
func IsFolder(files fs.FS) bool {
	text, err := fs.ReadFile(files, Settings)
	return err == nil && slices.Contains(kinds, RootOf(text))
}

// IsRoot reports whether a project, or a part of one, has a root element of a
// local name.
func IsRoot(name string) bool { return slices.Contains(kinds, name) }

// IsProject reports whether a text is a project, or a part of one.
func IsProject(text []byte) bool { return slices.Contains(kinds, RootOf(text)) }

// ReadFolder reads a composite project, of which places say that it is in a
// folder of the name shown. What cannot be read of it is a
// finding; the error says that a folder, or the project's own settings, cannot
// be read.
func ReadFolder(files fs.FS, shown string) (*Project, error) {
	text, err := fs.ReadFile(files, Settings)
	if err != nil {
		return nil, err
	}
	s, err := open(filepath.Join(shown, Settings), text)
	if err != nil {
		return nil, err
	}
	r, dir := newReader(s), "."
	r.files, r.shown = files, shown
	switch s.root.name {
	case "testSuite":
		suite := r.suite(s, s.root)
		r.project.Suites = append(r.project.Suites, suite)
		err = r.suiteFolder(dir, suite)
	case "testCase":
		c := r.testCase(s, s.root)
		c.Load()
		r.project.Suites = append(r.project.Suites, &Suite{Place: c.Place, Properties: Properties{}, Cases: []*Case{c}})
		err = r.caseFolder(dir, c)
	default:
		r.part(s)
		err = r.projectFolder(dir)
	}
	return r.end(), err
}

// part is a file or a folder in the folder of another part.
type part struct {
	source
	dir string // empty: it is a file
}

func (r *reader) projectFolder(dir string) error {
	parts, err := r.parts(dir)
	for _, p := range parts { // the actions of operations, for requests in suites
		if p.root.name == "interface" {
			r.iface(p.source, p.root)
		}
	}
	for _, p := range parts {
		switch {
		case p.root.name == "interface":
		case p.root.name == "testSuite" && p.dir != "":
			suite := r.suite(p.source, p.root)
			r.project.Suites = append(r.project.Suites, suite)
			if err := r.suiteFolder(p.dir, suite); err != nil {
				return err
			}
		default:
			r.child(p.source, p.root)
		}
	}
	return err
}

func (r *reader) suiteFolder(dir string, suite *Suite) error {
	parts, err := r.parts(dir)
	for _, p := range parts {
		if p.root.name != "testCase" {
			r.leaveOut(p.place(p.root.offset), "a %s is no test case, although it stands in the folder of a suite", p.root.name)
			continue
		}
		c := r.testCase(p.source, p.root)
		suite.Cases = append(suite.Cases, c)
		if p.dir != "" {
			c.Load()
			if err := r.caseFolder(p.dir, c); err != nil {
				return err
			}
		}
	}
	return err
}

func (r *reader) caseFolder(dir string, c *Case) error {
	parts, err := r.parts(dir)
	for _, p := range parts {
		if p.root.name != "testStep" {
			r.leaveOut(p.place(p.root.offset), "a %s is no test step, although it stands in the folder of a test case", p.root.name)
			continue
		}
		c.Steps = append(c.Steps, r.step(p.source, p.root))
	}
	return err
}

// parts returns what stands in a folder, in the order that it names.
func (r *reader) parts(dir string) ([]part, error) {
	names, err := r.order(dir)
	if err != nil {
		return nil, err
	}
	var all []part
	for _, name := range names {
		file, inner := path.Join(dir, name), ""
		info, err := fs.Stat(r.files, file)
		if err == nil && info.IsDir() {
			file, inner = path.Join(file, Settings), file
		}
		if err != nil {
			r.leaveOut(r.orderOf(dir), "it names %s, which is not there", name)
			continue
		}
		text, err := fs.ReadFile(r.files, file)
		if err != nil {
			r.leaveOut(r.inFolder(file), "it cannot be read: %v", err)
			continue
		}
		s, err := open(r.inFolder(file).File, text)
		if broken, ok := errors.AsType[*SyntaxError](err); ok {
			r.project.Findings = append(r.project.Findings, Finding{Place: broken.Place, Exact: true, Reason: broken.Reason})
			continue
		}
		all = append(all, part{source: s, dir: inner})
	}
	return all, nil
}

// order names what is in a folder: as its file of that name does, and behind
// that what it does not name.
func (r *reader) order(dir string) ([]string, error) {
	entries, err := fs.ReadDir(r.files, dir)
	if err != nil {
		return nil, err
	}
	var there []string
	for _, entry := range entries {
		isPart := entry.IsDir() && r.hasSettings(dir, entry) || strings.EqualFold(path.Ext(entry.Name()), ".xml") && !entry.IsDir()
		if isPart && entry.Name() != Settings && !strings.HasPrefix(entry.Name(), ".") {
			there = append(there, entry.Name())
		}
	}
	text, err := fs.ReadFile(r.files, path.Join(dir, Order))
	if err != nil {
		return there, nil // they are in the order of their names
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		if name := strings.TrimSpace(line); name != "" && !slices.Contains(names, name) && filepath.IsLocal(name) {
			names = append(names, name)
		}
	}
	for _, name := range there {
		if !slices.Contains(names, name) {
			names = append(names, name)
			r.leaveOut(r.orderOf(dir), "it does not name %s, which is read last", name)
		}
	}
	return names, nil
}

func (r *reader) hasSettings(dir string, entry fs.DirEntry) bool {
	_, err := fs.Stat(r.files, path.Join(dir, entry.Name(), Settings))
	return err == nil
}

// inFolder returns a file of the project, for people.
func (r *reader) inFolder(file string) Place { return Place{File: filepath.Join(r.shown, file)} }

// orderOf returns the file that names what is in a folder.
func (r *reader) orderOf(dir string) Place {
	return Place{File: r.inFolder(path.Join(dir, Order)).File, Line: 1, Column: 1}
}
