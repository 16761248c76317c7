//go:build !race

package drafting_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/replay/drafting"
)

// An archive that is damaged or unpacks to too much is said to be, and takes
// nothing else with it.
func TestImportBadArchives(t *testing.T) {
	har := textOf(t, "testdata/har/bom.har")
	gz := packed(t, "gzip", har)
	whole := zipOf(t, member{"a.har", har}, member{"b.txt", strings.Repeat("b", 100)})
	broken := slices.Clone(whole)
	copy(broken[bytes.Index(broken, []byte("a.har"))+10:], "broken")
	encrypted := bytes.Replace(whole, []byte("PK\x01\x02\x14\x00\x14\x00\x08\x00"), []byte("PK\x01\x02\x14\x00\x14\x00\x09\x00"), 1)
	deep := har
	for range 6 {
		deep = packed(t, "gzip", deep)
	}
	bomb := packed(t, "gzip", strings.Repeat("\x00", 300<<20))
	for name, test := range map[string]struct {
		text   []byte
		notice string
	}{
		"cut.gz":        {[]byte(gz[:len(gz)/2]), "it is damaged, or was cut off: unexpected EOF"},
		"cut.zip":       {whole[:len(whole)/2], "the zip archive is damaged, or was cut off: zip: not a valid zip file"},
		"broken.zip":    {broken, "broken.zip/a.har: it is damaged, or was cut off"},
		"encrypted.zip": {encrypted, "encrypted.zip/a.har: it is encrypted: unpack the archive with its password, and import the folder"},
		"deep.gz":       {[]byte(deep), "archives in archives are read 4 deep: unpack it, and import the folder"},
		"bomb.gz":       {[]byte(bomb), "it holds no message of SOAP or HTTP"},
		"bombs.zip": {zipOf(t, member{"1.gz", bomb}, member{"2.gz", bomb}, member{"3.gz", bomb}, member{"4.gz", bomb}, member{"5.gz", bomb}),
			"bombs.zip/5.gz: it unpacks to more than 1024 MiB, which is the limit of an archive: unpack it, and import the folder"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := fileOf(t, name, test.text)
			importer := &drafting.Importer{Drafter: &drafting.Drafter{}}
			if err := importer.Paths(t.Context(), file, "testdata/har/bom.har"); err != nil {
				t.Fatal(err)
			}
			var notices []string
			for _, n := range importer.Notices() {
				notices = append(notices, filepath.ToSlash(n.String()))
			}
			if !slices.ContainsFunc(notices, func(n string) bool { return strings.Contains(n, test.notice) }) {
				t.Errorf("%q", withoutFolder(file, notices))
			}
			if importer.Drafter.Len() < 2 {
				t.Errorf("there are %d transcripts", importer.Drafter.Len())
			}
		})
	}
}
