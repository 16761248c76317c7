package drafting_test

import (
	"bytes"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/replay/drafting"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// segment is a part of what one side of a connection has sent.
type segment struct {
	reply bool
	at    int
	text  string
}

// network is what the packets of a capture are sent over.
type network struct{ six, vlan bool }

// packet is a segment with the headers of TCP, IP and Ethernet.
func (n network) packet(t *testing.T, s segment) []byte {
	t.Helper()
	tcp := &layers.TCP{SrcPort: 50000, DstPort: 8888, Seq: uint32(1000 + s.at), ACK: true, PSH: true, Window: 65535}
	from, to := net.ParseIP("10.0.0.1").To4(), net.ParseIP("10.0.0.2").To4()
	if n.six {
		from, to = net.ParseIP("2001:db8::1"), net.ParseIP("2001:db8::2")
	}
	if s.reply {
		from, to = to, from
		tcp.SrcPort, tcp.DstPort = tcp.DstPort, tcp.SrcPort
	}
	kind := layers.EthernetTypeIPv4
	var ip interface {
		gopacket.SerializableLayer
		gopacket.NetworkLayer
	} = &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: from, DstIP: to}
	if n.six {
		kind = layers.EthernetTypeIPv6
		ip = &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: from, DstIP: to}
	}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		t.Fatal(err)
	}
	ether := &layers.Ethernet{SrcMAC: make(net.HardwareAddr, 6), DstMAC: make(net.HardwareAddr, 6), EthernetType: kind}
	all := []gopacket.SerializableLayer{ether}
	if n.vlan {
		ether.EthernetType = layers.EthernetTypeDot1Q
		all = append(all, &layers.Dot1Q{VLANIdentifier: 7, Type: kind})
	}
	buffer := gopacket.NewSerializeBuffer()
	all = append(all, ip, tcp, gopacket.Payload(s.text))
	if err := gopacket.SerializeLayers(buffer, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, all...); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

// segments cuts the messages of the stream in testdata into small parts; of
// each, one changes its place with the next, and one is sent again.
func segments(t *testing.T) []segment {
	t.Helper()
	var all []segment
	at := map[bool]int{}
	for n, part := range bytes.SplitAfter([]byte(textOf(t, "testdata/logs/stream.txt")), []byte("Envelope>")) {
		reply := n%2 == 1
		first := len(all)
		for len(part) > 0 {
			size := min(len(part), 200)
			all = append(all, segment{reply, at[reply], string(part[:size])})
			at[reply] += size
			part = part[size:]
		}
		if len(all)-first > 3 {
			all[first+1], all[first+2] = all[first+2], all[first+1]
			all = append(all, all[first+1])
		}
	}
	return all
}

// A capture of packets is read, with segments out of order and sent again.
func TestImportCaptures(t *testing.T) {
	var classic, next bytes.Buffer
	plain := pcapgo.NewWriter(&classic)
	if err := plain.WriteFileHeader(65536, layers.LinkTypeEthernet); err != nil {
		t.Fatal(err)
	}
	newer, err := pcapgo.NewNgWriter(&next, layers.LinkTypeEthernet)
	if err != nil {
		t.Fatal(err)
	}
	for n, s := range segments(t) {
		data := network{}.packet(t, s)
		info := gopacket.CaptureInfo{Timestamp: time.Unix(1700000000, int64(n)*1e6), CaptureLength: len(data), Length: len(data)}
		if err := plain.WritePacket(info, data); err != nil {
			t.Fatal(err)
		}
		if err := newer.WritePacket(info, data); err != nil {
			t.Fatal(err)
		}
	}
	if err := newer.Flush(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"a.pcap": classic.Bytes(), "a.pcapng": next.Bytes()} {
		t.Run(name, func(t *testing.T) {
			played, notices, _ := imported(t, false, fileOf(t, name, text))
			if diff := cmp.Diff(threeCalls, played); diff != "" || notices != nil {
				t.Errorf("%s\n%q", diff, notices)
			}
		})
	}
}

// captured writes a capture of segments.
func captured(t *testing.T, over network, all []segment) string {
	t.Helper()
	var out bytes.Buffer
	writer := pcapgo.NewWriter(&out)
	if err := writer.WriteFileHeader(65536, layers.LinkTypeEthernet); err != nil {
		t.Fatal(err)
	}
	for n, s := range all {
		data := over.packet(t, s)
		info := gopacket.CaptureInfo{Timestamp: time.Unix(1700000000, int64(n)*1e6), CaptureLength: len(data), Length: len(data)}
		if err := writer.WritePacket(info, data); err != nil {
			t.Fatal(err)
		}
	}
	return fileOf(t, "a.pcap", out.Bytes())
}

func TestImportCapturesOfNetworks(t *testing.T) {
	for _, over := range []network{{six: true}, {vlan: true}, {six: true, vlan: true}} {
		played, notices, _ := imported(t, false, captured(t, over, segments(t)))
		if diff := cmp.Diff(threeCalls, played); diff != "" || notices != nil {
			t.Errorf("%+v: %s\n%q", over, diff, notices)
		}
	}
}

// A packet that was not captured costs its own message alone: the replies
// behind it stay with their requests.
func TestImportCaptureWithoutAPacket(t *testing.T) {
	var kept []segment
	for _, s := range segments(t) {
		if !(s.reply && s.at == 200) { // of the first reply
			kept = append(kept, s)
		}
	}
	file := captured(t, network{}, kept)
	importer := &drafting.Importer{Drafter: &drafting.Drafter{}}
	if err := importer.Paths(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	var titles, said []string
	for n := range importer.Drafter.Len() {
		drafted, _ := importer.Drafter.Draft(n)
		titles = append(titles, drafted.Title)
	}
	for _, notice := range importer.Notices() {
		said = append(said, strings.TrimPrefix(notice.String(), file))
	}
	want := []string{"dsappSRPRegister", "dsappSRPActivate", "dsappSRPRegister (STAT_INVCREDENTIALS)"}
	if diff := cmp.Diff(want, titles); diff != "" {
		t.Error(diff)
	}
	wantSaid := []string{
		":35: 200 bytes of connection 1 were not captured, and the message that they belong to is lost: capture again with a larger buffer, such as tcpdump -B 65536, or import a log",
		":6: it holds no message of SOAP: not well-formed XML: attribute name without = in element",
		":1: its reply is not there: any passes, and replay run --update writes what comes",
	}
	if diff := cmp.Diff(wantSaid, said); diff != "" {
		t.Error(diff)
	}
}
