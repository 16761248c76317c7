package drafting

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/drafting/internal/soapui"
	"github.com/dsappd/dsappd/replay/transcript"
)

// format is a kind of file that an import knows.
type format struct {
	name string // for people, with its article
	is   func(*opening) bool

	// read reads a file. Its error ends the import, unless it is a
	// *damagedError: what cannot be understood is a notice. Nil: the kind is
	// not read, and instead says what to do.
	read    func(*Importer, context.Context, *input) error
	instead string
}

// formats returns all kinds of files; the first that fits counts. The last one fits
// every file.
func formats() []format {
	return slices.Concat(archives(), projects(), sessions(), []format{
		{name: "messages", read: (*Importer).readRaw, is: func(*opening) bool { return true }},
	})
}

// archives lists files that hold others, packed.
func archives() []format {
	unpack := "unpack it, and import the folder"
	return []format{
		{name: "a file packed by gzip", read: (*Importer).readGzip,
			is: func(b *opening) bool { return b.starts("\x1f\x8b") }},
		{name: "a file packed by bzip2", read: (*Importer).readBzip2,
			is: func(b *opening) bool { return b.starts("BZh") && len(b.raw) > 10 && string(b.raw[4:10]) == "1AY&SY" }},
		{name: "a zip archive", read: (*Importer).readZip,
			is: func(b *opening) bool { return b.starts("PK\x03\x04", "PK\x05\x06") }},
		{name: "a tar archive", read: (*Importer).readTar,
			is: func(b *opening) bool {
				return len(b.raw) > 262 && (string(b.raw[257:262]) == "ustar" || path.Ext(b.base) == ".tar")
			}},
		{name: "a 7-Zip archive", is: func(b *opening) bool { return b.starts("7z\xbc\xaf\x27\x1c") }, instead: unpack},
		{name: "a RAR archive", is: func(b *opening) bool { return b.starts("Rar!\x1a\x07") }, instead: unpack},
		{name: "a file packed by compress", is: func(b *opening) bool { return b.starts("\x1f\x9d") }, instead: "unpack it by uncompress"},
		{name: "a file packed by xz", is: func(b *opening) bool { return b.starts("\xfd7zXZ\x00") }, instead: "unpack it by xz -d"},
		{name: "a file packed by Zstandard", is: func(b *opening) bool { return b.starts("\x28\xb5\x2f\xfd") }, instead: "unpack it by zstd -d"},
		{name: "a file packed by LZ4", is: func(b *opening) bool { return b.starts("\x04\x22\x4d\x18") }, instead: "unpack it by lz4 -d"},
	}
}

// projects lists files that hold requests which somebody has written.
func projects() []format {
	return []format{
		{name: "a project of SoapUI", read: (*Importer).readSoapUI,
			is: func(b *opening) bool { return soapui.IsRoot(b.root.Local) || soapui.IsProject(b.raw) }},
		{name: "a test plan of JMeter", read: (*Importer).readJMeter,
			is: func(b *opening) bool { return b.root.Local == "jmeterTestPlan" }},
		{name: "a collection of Hoppscotch, or of Postman in the format 1", instead: "import it into Postman, and export it as Collection v2.1",
			is: func(b *opening) bool { return b.has("requests", '[') && (b.has("order", '[') || b.has("folders", '[')) }},
		{name: "a collection of Postman", read: (*Importer).readPostman,
			is: func(b *opening) bool {
				return b.has("item", '[') || b.has("info", '{') || b.has("_postman_id", '"') || b.has("collection", '{') || b.has("collections", '[')
			}},
		{name: "an environment of Postman", instead: "import the collection, and give the values by --property 'NAME=VALUE'",
			is: func(b *opening) bool { return b.has("values", '[') && b.has("name", '"') }},
		{name: "stubs of WireMock", read: (*Importer).readWireMock, is: isWireMock},
		{name: "a workspace of Insomnia", instead: "export it from Insomnia as HAR",
			is: func(b *opening) bool {
				return b.has("_type", '"') && b.has("__export_format", '0') || b.starts("type: collection.insomnia.rest")
			}},
		{name: "a web test of Visual Studio", instead: "record its requests through dsappd replay record",
			is: func(b *opening) bool { return b.root.Local == "WebTest" }},
		{name: "a project of Bruno", instead: "export it from Bruno as a collection of Postman",
			is: func(b *opening) bool { return strings.HasSuffix(b.base, ".bru") || b.base == "bruno.json" }},
		{name: "a transcript", instead: "play it by dsappd replay run",
			is: func(b *opening) bool { return path.Ext(b.base) == transcript.Extension }},
		{name: "the report of an import", instead: "import the files that it names",
			is: func(b *opening) bool { return b.base == ReportName && b.has("transcripts", '[') }},
		{name: "a WSDL or a schema", instead: "it describes messages and holds none",
			is: func(b *opening) bool {
				return b.root.Space == "http://schemas.xmlsoap.org/wsdl/" || b.root.Space == "http://www.w3.org/2001/XMLSchema"
			}},
	}
}

// isWireMock reports whether a file holds stubs of WireMock, or its journal.
// Entries of HAR and transactions of Charles have the same members and more.
func isWireMock(b *opening) bool {
	others := b.has("startedDateTime", 0) || b.has("method", 0) || b.has("host", 0)
	stub := b.has("request", '{') && (b.has("response", '{') || b.has("responseDefinition", '{'))
	return b.has("mappings", '[') || b.has("requests", '[') || b.has("serveEvents", '[') || stub && !others
}

// sessions lists files that hold what proxies and other programs have seen.
func sessions() []format {
	toFiles := "save each request and its reply as files, such as 1.request.txt and 1.reply.txt, and import the folder"
	return []format{
		{name: "a capture of packets", read: (*Importer).readCapture, is: isCapture},
		{name: "a HAR file", read: (*Importer).readHAR,
			is: func(b *opening) bool {
				return b.has("log", '{') || b.has("entries", '[') || b.list && b.has("startedDateTime", 0)
			}},
		{name: "a session of Charles", read: (*Importer).readCharlesJSON,
			is: func(b *opening) bool {
				return b.list && b.has("request", '{') && (b.has("method", '"') || b.has("host", '"'))
			}},
		{name: "a session of Charles", read: (*Importer).readCharlesXML,
			is: func(b *opening) bool { return b.root.Local == "charles-session" }},
		{name: "a session of Charles in its own format", instead: "save it in Charles as a JSON session file (.chlsj) or as HAR",
			is: func(b *opening) bool { return path.Ext(b.base) == ".chls" || b.starts("\xac\xed\x00\x05") }},
		{name: "a session of Proxyman", instead: "export it from Proxyman as HAR",
			is: func(b *opening) bool { return strings.HasPrefix(path.Ext(b.base), ".proxymanlog") }},
		{name: "an export of Burp Suite", instead: toFiles,
			is: func(b *opening) bool { return b.root.Local == "items" && slices.Contains(b.attrs, "burpVersion") }},
		{name: "a project of Burp Suite", instead: "choose its items in Burp Suite, " + toFiles,
			is: func(b *opening) bool { return path.Ext(b.base) == ".burp" }},
		{name: "a flow file of mitmproxy", instead: "save it as HAR: mitmdump -nr FILE --set hardump=FILE.har",
			is: func(b *opening) bool { return mitmproxyFlow.Match(b.raw) }},
		{name: "a session of OWASP ZAP", instead: "export its messages from ZAP as HAR",
			is: func(b *opening) bool { return path.Ext(b.base) == ".session" }},
		{name: "results of JMeter", instead: "record through dsappd replay record, or import the test plan (.jmx)",
			is: func(b *opening) bool { return b.root.Local == "testResults" }},
		{name: "packets that Wireshark has written as XML or JSON", instead: "save them as pcap, or follow the TCP stream and save it as a text",
			is: func(b *opening) bool {
				return b.root.Local == "pdml" || b.root.Local == "psml" || b.list && b.has("_index", '"') && b.has("_source", '{')
			}},
		{name: "a hex dump of packets or of a stream", instead: "save the capture as pcap, or follow the TCP stream in Wireshark and save it as ASCII or Raw",
			is: func(b *opening) bool { return hexDump.Match(b.text) }},
		{name: "a description of a REST interface", instead: "it describes messages and holds none",
			is: func(b *opening) bool { return b.has("openapi", '"') || b.has("swagger", '"') }},
		{name: "JSON, a line for each message of a log", instead: "write the texts of the log into a file and import that, such as: jq -r .message FILE > messages.log",
			is: func(b *opening) bool { return b.lines || b.has("log", '"') }},
		{name: "JSON of a kind that is not known", instead: "HAR, collections of Postman, stubs of WireMock and sessions of Charles are",
			is: func(b *opening) bool { return b.members != nil }},
	}
}
