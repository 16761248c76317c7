package drafting

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/dsappd/dsappd/replay/drafting/internal/traffic"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/gopacket/gopacket/reassembly"
)

// isCapture reports whether a file is a capture of packets: pcap in either
// order of bytes, with microseconds or nanoseconds, or pcapng.
func isCapture(b *opening) bool {
	return b.starts("\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x4d\x3c\xb2\xa1", "\x0a\x0d\x0d\x0a")
}

// packets is a file of either format.
type packets interface {
	gopacket.PacketDataSource
	LinkType() layers.LinkType
}

// The limits of a capture: pages of packets that wait for one that is missing.
const (
	mostWaiting        = 4096
	mostWaitingInTotal = 65536
)

// readCapture reads a capture of packets. A message stands in the line that is
// the number of its first packet.
func (i *Importer) readCapture(ctx context.Context, in *input) error {
	opened, err := i.open(ctx, in)
	if err != nil {
		return err
	}
	defer opened.Close()
	source, err := packetsOf(opened)
	if err != nil {
		return &damagedError{fmt.Errorf("the capture is damaged, or was cut off: %w", err)}
	}
	return i.messages(in.name, func(reader *traffic.Reader) error {
		c := &capturing{importer: i, file: in.name, reader: reader}
		assembler := reassembly.NewAssembler(reassembly.NewStreamPool(c))
		assembler.MaxBufferedPagesPerConnection, assembler.MaxBufferedPagesTotal = mostWaiting, mostWaitingInTotal
		err := c.assemble(ctx, source, assembler)
		assembler.FlushAll()
		reader.End()
		return err
	})
}

func packetsOf(opened io.Reader) (packets, error) {
	buffered := bufio.NewReaderSize(opened, startSize)
	start, err := buffered.Peek(4)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(start, []byte("\x0a\x0d\x0d\x0a")) {
		return pcapgo.NewNgReader(buffered, pcapgo.DefaultNgReaderOptions)
	}
	return pcapgo.NewReader(buffered)
}

// capturing makes the streams of connections.
type capturing struct {
	importer    *Importer
	file        string
	reader      *traffic.Reader
	packet      int // its number, from 1
	connections int
}

// assemble puts all packets of TCP together.
func (c *capturing) assemble(ctx context.Context, source packets, assembler *reassembly.Assembler) error {
	for c.packet = 1; ; c.packet++ {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		data, info, err := source.ReadPacketData()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			c.importer.leaveOut(Source{File: c.file, Line: c.packet}, "the capture is damaged, or was cut off, from packet %d on: %v", c.packet, err)
			return context.Cause(ctx)
		}
		packet := gopacket.NewPacket(data, source.LinkType(), gopacket.DecodeOptions{Lazy: true, NoCopy: true})
		tcp, isTCP := packet.Layer(layers.LayerTypeTCP).(*layers.TCP)
		if network := packet.NetworkLayer(); isTCP && network != nil {
			assembler.AssembleWithContext(network.NetworkFlow(), tcp, packetInfo(info))
		}
	}
}

// packetInfo is what reassembly is told of a packet.
type packetInfo gopacket.CaptureInfo

// GetCaptureInfo returns when a packet was captured, and its size.
func (p packetInfo) GetCaptureInfo() gopacket.CaptureInfo { return gopacket.CaptureInfo(p) }

// New begins a connection.
func (c *capturing) New(gopacket.Flow, gopacket.Flow, *layers.TCP, reassembly.AssemblerContext) reassembly.Stream {
	c.connections++
	return &tcpConnection{capturing: c, name: fmt.Sprintf("connection %d", c.connections)}
}

// tcpConnection is a connection of TCP.
type tcpConnection struct {
	*capturing
	name      string
	met       bool // bytes of it were read
	encrypted bool
}

// Accept takes every packet, also of connections whose beginning is not there.
func (s *tcpConnection) Accept(_ *layers.TCP, _ gopacket.CaptureInfo, _ reassembly.TCPFlowDirection, _ reassembly.Sequence, start *bool, _ reassembly.AssemblerContext) bool {
	*start = true
	return true
}

// ReassembledSG takes bytes of one direction in their order, each once.
func (s *tcpConnection) ReassembledSG(sg reassembly.ScatterGather, _ reassembly.AssemblerContext) {
	direction, _, _, skipped := sg.Info()
	size, _ := sg.Lengths()
	if size == 0 {
		return
	}
	text := sg.Fetch(size)
	if !s.met {
		s.met = true
		if s.encrypted = bytes.HasPrefix(text, []byte("\x16\x03")); s.encrypted {
			s.importer.leaveOut(Source{File: s.file, Line: s.packet}, "%s is encrypted by TLS: decrypt it in Wireshark, follow the stream and save it as a text", s.name)
		}
	}
	if s.encrypted {
		return
	}
	if skipped > 0 {
		s.importer.leaveOut(Source{File: s.file, Line: s.packet}, "%d bytes of %s were not captured, and the message that they belong to is lost: capture again with a larger buffer, such as tcpdump -B 65536, or import a log", skipped, s.name)
	}
	if skipped > 0 {
		s.reader.Add(s.name, direction.String(), []byte(gap), s.packet)
	}
	s.reader.Add(s.name, direction.String(), text, s.packet)
}

// gap stands in a stream where bytes were not captured. No message of XML holds
// it, so a message whose parts do not belong together is not read.
const gap = "\n\x00\n"

// ReassemblyComplete lets a connection be forgotten.
func (s *tcpConnection) ReassemblyComplete(reassembly.AssemblerContext) bool { return true }
