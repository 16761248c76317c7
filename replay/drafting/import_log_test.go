package drafting_test

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
		"stream.txt":    {played: threeCalls}, // no line end behind a body
		"tcpmon.txt":    {played: threeCalls},
		"fiddler.txt":   {played: threeCalls}, // lengths that no longer fit
		"curl.txt":      {played: threeCalls},
		"mitmdump.txt":  {played: threeCalls},
		"nginx.log":     {played: threeCalls},
		"php.txt":       {played: threeCalls},
		"savon.log":     {played: threeCalls},
		"soap-lite.log": {played: threeCalls},
		"zeep.log":      {played: threeCalls},
		"jaxws.log":     {played: threeCalls},
		"cxf.log":       {played: threeCalls},
		"spring-ws.log": {played: threeCalls}, // a reply repeats its request
		"comment.java":  {played: threeCalls}, // a mark before each line
		"compose.log":   {played: threeCalls}, // the name of a container before each line
		"wire.log":      {played: threeCalls},
		"wire-3.log":    {played: threeCalls},
		"suds.log": {played: threeCalls, notices: []string{
			"testdata/logs/suds.log:24: messages that the log holds twice, written by two parts of a program, are read once: 6"}},
		"transport.svclog": {played: threeCalls},
		"both-levels.svclog": {played: threeCalls, notices: []string{
			"testdata/logs/both-levels.svclog:11: messages that the log holds twice, written by two parts of a program, are read once: 6"}},
		"two-files": {played: threeCalls, notices: []string{
			"testdata/logs/two-files/RECV.log:1: the replies of this file are taken for those to the requests of testdata/logs/two-files/SENT.log in their order: nothing speaks against it"}},
		"chunked.txt":    {played: threeCalls},
		"chunked-lf.txt": {played: threeCalls}, // lengths that no longer fit
		"dechunked.txt":  {played: threeCalls},
		"wronglen.txt":   {played: threeCalls},
		"utf16.log":      {played: threeCalls},
		"json.log":       {played: threeCalls},
		"noid.log":       {played: []string{"dsappSRPRegister", "dsappSRPRegister"}}, // crosswise
		"cut.log": {
			played: []string{"dsappSRPRegister (STAT_INVCREDENTIALS)", "dsappSRPRegister (STAT_INVCREDENTIALS)", "dsappSRPRegister (STAT_INVCREDENTIALS)"},
			notices: []string{
				"testdata/logs/cut.log:1: the end of the envelope is not there: it was cut off, or another message stands in it",
				"testdata/logs/cut.log:33: the request that it answers is not there"}},
		"cxf-exchange-id.log": {played: []string{"dsappSRPRegister", "dsappSRPRegister"}},
		"threads.log": {played: []string{ // refusals name nobody
			"dsappSRPRegister", "dsappSRPRegister (STAT_INVCREDENTIALS)", "dsappSRPRegister (STAT_INVCREDENTIALS)", "dsappSRPRegister (STAT_INVCREDENTIALS)"}},
		"doubtful.log": {played: []string{"dsappSRPRegister", "dsappSRPRegister", "dsappSRPRegister"}, notices: []string{
			"testdata/logs/doubtful.log:36: it is doubtful which request it answers: 2 requests that wait for a reply, in lines 2, 19",
			"testdata/logs/doubtful.log:39: it is doubtful which request it answers: 2 requests that wait for a reply, in lines 2, 19",
			"testdata/logs/doubtful.log:59: the request that it answers is not there",
			"testdata/logs/doubtful.log:2: its reply is not there: any passes, and replay run --update writes what comes",
			"testdata/logs/doubtful.log:19: its reply is not there: any passes, and replay run --update writes what comes",
			"testdata/logs/doubtful.log:42: its reply is not there: any passes, and replay run --update writes what comes"}},
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
