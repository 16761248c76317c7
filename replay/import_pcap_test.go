package replay_test

import (
	"bytes"
	"net"
	"testing"
	"time"

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

// packet is a segment with the headers of TCP, IP and Ethernet.
func packet(t *testing.T, s segment) []byte {
	t.Helper()
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2}}
	tcp := &layers.TCP{SrcPort: 50000, DstPort: 8888, Seq: uint32(1000 + s.at), ACK: true, PSH: true, Window: 65535}
	if s.reply {
		ip.SrcIP, ip.DstIP = ip.DstIP, ip.SrcIP
		tcp.SrcPort, tcp.DstPort = tcp.DstPort, tcp.SrcPort
	}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		t.Fatal(err)
	}
	ether := &layers.Ethernet{SrcMAC: make(net.HardwareAddr, 6), DstMAC: make(net.HardwareAddr, 6), EthernetType: layers.EthernetTypeIPv4}
	buffer := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buffer, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, ether, ip, tcp, gopacket.Payload(s.text)); err != nil {
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
		data := packet(t, s)
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
