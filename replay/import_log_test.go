package replay_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What most of the logs in testdata come to.
var threeCalls = []string{"dsappSRPRegister, dsappSRPActivate", "dsappSRPRegister (STAT_INVCREDENTIALS)"}

// Streams and logs of many programs are read; what in them is doubtful is
// said. Each of these files is played as well.
func TestImportLogs(t *testing.T) {
	for name, test := range map[string]struct{ played, notices []string }{
		"stream.txt":          {played: threeCalls}, // no line end behind a body
		"cxf-exchange-id.log": {played: []string{"dsappSRPRegister", "dsappSRPRegister"}},
		"transport.svclog":    {played: threeCalls},
		"wire.log":            {played: threeCalls},
		"comment.java":        {played: threeCalls}, // a mark before each line
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			played, notices, _ := imported(t, false, filepath.Join("testdata/logs", name))
			if diff := cmp.Diff(test.played, played); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.notices, notices); diff != "" {
				t.Error(diff)
			}
		})
	}
}
