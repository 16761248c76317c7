package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"time"
	"unsafe"
)

// Fields is the list of a record's fields, as they are written to bytes or read
// from them. A record lists them in one function, by ascending numbers, which
// are never used for another field: so what is written and what is read cannot
// differ.
//
// The bytes are a message of protocol buffers, whose every record has exactly
// one encoding: fields in the order of their numbers, none that is zero, varints
// of the least length. What is not so was not written by this program, or by one
// that knows more fields, and is refused: nothing is dropped in silence.
type Fields struct {
	writing bool
	err     error

	out []byte // what is written so far

	in     []byte // what is read: a copy, which the record keeps
	at     int    // where the next tag or value is
	end    int    // of the message
	number int    // of the tag that was read; 0: none waits
	wire   int    // its wire type
	last   int    // the number before it
}

// The wire types of protocol buffers that records need.
const (
	wireVarint = 0
	wireBytes  = 2
)

// The errors of encoding and decoding.
var (
	// ErrFields is a record whose bytes are not those of its fields.
	ErrFields = errors.New("the record's fields cannot be read")

	// ErrNewerFields is a record with a field that this program does not know.
	ErrNewerFields = errors.New("the record has a field that this program does not know: a newer dsappd wrote it")

	// ErrNoFields is a kind that does not list the fields of its records.
	ErrNoFields = errors.New("the kind has no list of fields")

	// ErrTime is a time outside the years 0 to 9999, which no record may hold.
	ErrTime = errors.New("a time outside the years 0 to 9999")
)

func (f *Fields) fail(err error, number int) {
	if f.err == nil {
		f.err = fmt.Errorf("%w: field %d", err, number)
	}
}

// tag writes the beginning of a field.
func (f *Fields) tag(number, wire int) {
	f.out = binary.AppendUvarint(f.out, uint64(number)<<3|uint64(wire))
}

// has moves on to a field. It reports whether the message has it.
func (f *Fields) has(number, wire int) bool {
	if f.err != nil {
		return false
	}
	if f.number == 0 {
		if f.at == f.end {
			return false
		}
		tag := f.varint(number)
		f.number, f.wire = int(min(tag>>3, math.MaxInt32)), int(tag&7)
		if f.err == nil && f.number == 0 {
			f.fail(ErrFields, number)
		}
		if f.err != nil {
			return false
		}
	}
	switch {
	case f.number > number:
		return false
	case f.number < number && f.number > f.last:
		f.fail(ErrNewerFields, f.number)
		return false
	case f.number < number || f.wire != wire:
		f.fail(ErrFields, f.number)
		return false
	}
	f.number, f.last = 0, number
	return true
}

// varint reads a number of the least length.
func (f *Fields) varint(number int) uint64 {
	if f.at < f.end && f.in[f.at] < 0x80 {
		f.at++
		return uint64(f.in[f.at-1])
	}
	n, size := binary.Uvarint(f.in[f.at:f.end])
	if size <= 0 || f.in[f.at+size-1] == 0 {
		f.fail(ErrFields, number)
		return 0
	}
	f.at += size
	return n
}

// block reads a field's length and returns where its bytes are.
func (f *Fields) block(number int) (from, to int) {
	size := f.varint(number)
	if f.err != nil || size > uint64(f.end-f.at) {
		f.fail(ErrFields, number)
		return 0, 0
	}
	from = f.at
	f.at += int(size)
	return from, f.at
}

// nonzero refuses a zero, which is never written.
func (f *Fields) nonzero(number int, zero bool) {
	if zero {
		f.fail(ErrFields, number)
	}
}

// Uint reads or writes a whole number from 0.
func Uint[T ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~int](f *Fields, number int, value *T) {
	if f.writing {
		if *value != 0 {
			f.tag(number, wireVarint)
			f.out = binary.AppendUvarint(f.out, uint64(*value))
		}
		return
	}
	if f.has(number, wireVarint) {
		n := f.varint(number)
		*value = T(n)
		f.nonzero(number, n == 0 || uint64(*value) != n)
	}
}

// Int reads or writes a whole number of either sign, as a sint64.
func Int[T ~int | ~int32 | ~int64](f *Fields, number int, value *T) {
	zigzag := uint64(*value)<<1 ^ uint64(int64(*value)>>63)
	if f.writing {
		Uint(f, number, &zigzag)
		return
	}
	zigzag = 0
	Uint(f, number, &zigzag)
	n := int64(zigzag>>1) ^ -int64(zigzag&1)
	if *value = T(n); int64(*value) != n {
		f.fail(ErrFields, number)
	}
}

// Bool reads or writes a truth value.
func (f *Fields) Bool(number int, value *bool) {
	var n uint64
	if *value {
		n = 1
	}
	Uint(f, number, &n)
	if *value = n == 1; n > 1 {
		f.fail(ErrFields, number)
	}
}

// Text reads or writes a string.
func Text[T ~string](f *Fields, number int, value *T) {
	if f.writing {
		if *value != "" {
			f.text(number, string(*value))
		}
		return
	}
	if f.has(number, wireBytes) {
		*value = T(f.readText(number))
		f.nonzero(number, *value == "")
	}
}

func (f *Fields) text(number int, value string) {
	f.tag(number, wireBytes)
	f.out = binary.AppendUvarint(f.out, uint64(len(value)))
	f.out = append(f.out, value...)
}

// readText returns a string that lies in the copy that was made for the record.
// Nothing changes those bytes any more: fields of bytes lie beside them.
func (f *Fields) readText(number int) string {
	from, to := f.block(number)
	if from == to {
		return ""
	}
	return unsafe.String(&f.in[from], to-from)
}

// Texts reads or writes strings, of which some may be empty.
func Texts[T ~string](f *Fields, number int, values *[]T) {
	if f.writing {
		for _, value := range *values {
			f.text(number, string(value))
		}
		return
	}
	for n := 0; f.has(number, wireBytes); n++ {
		if n == 0 {
			*values = make([]T, 0, f.many(number))
		}
		*values = append(*values, T(f.readText(number)))
	}
}

// many returns how many fields of this number follow each other, from the one
// whose tag was just read.
func (f *Fields) many(number int) int {
	ahead := *f
	n := 0
	for more := true; more; more = ahead.has(number, wireBytes) {
		ahead.block(number)
		n++
	}
	return n
}

// Bytes reads or writes bytes of any length, which are nil when there are none.
func Bytes[T ~[]byte](f *Fields, number int, value *T) {
	if f.writing {
		if len(*value) > 0 {
			f.bytes(number, *value)
		}
		return
	}
	if f.has(number, wireBytes) {
		from, to := f.block(number)
		*value = f.in[from:to:to]
		f.nonzero(number, from == to)
	}
}

func (f *Fields) bytes(number int, value []byte) {
	f.tag(number, wireBytes)
	f.out = binary.AppendUvarint(f.out, uint64(len(value)))
	f.out = append(f.out, value...)
}

// Array reads or writes bytes of the length that value has, which are zero when
// there are none.
func (f *Fields) Array(number int, value []byte) {
	zero := true
	if f.writing {
		for _, b := range value {
			zero = zero && b == 0
		}
		if !zero {
			f.bytes(number, value)
		}
		return
	}
	if f.has(number, wireBytes) {
		from, to := f.block(number)
		for _, b := range f.in[from:to] {
			zero = zero && b == 0
		}
		f.nonzero(number, zero || copy(value, f.in[from:to]) != len(value) || to-from != len(value))
	}
}

// Prefix reads or writes a prefix of addresses, in the form of
// netip.Prefix.MarshalBinary.
func (f *Fields) Prefix(number int, value *netip.Prefix) {
	if f.writing {
		if *value != (netip.Prefix{}) {
			f.prefix(number, *value)
		}
		return
	}
	if f.has(number, wireBytes) {
		*value = f.readPrefix(number)
		f.nonzero(number, *value == netip.Prefix{})
	}
}

// Prefixes reads or writes prefixes of addresses.
func (f *Fields) Prefixes(number int, values *[]netip.Prefix) {
	if f.writing {
		for _, value := range *values {
			f.prefix(number, value)
		}
		return
	}
	for n := 0; f.has(number, wireBytes); n++ {
		if n == 0 {
			*values = make([]netip.Prefix, 0, f.many(number))
		}
		*values = append(*values, f.readPrefix(number))
	}
}

func (f *Fields) prefix(number int, value netip.Prefix) {
	var room [24]byte
	made, err := value.AppendBinary(room[:0])
	if err != nil {
		f.fail(err, number)
	}
	f.bytes(number, made)
}

func (f *Fields) readPrefix(number int) (value netip.Prefix) {
	from, to := f.block(number)
	if err := value.UnmarshalBinary(f.in[from:to]); err != nil || from == to {
		f.fail(ErrFields, number)
		return netip.Prefix{}
	}
	return value
}

// Time reads or writes an instant with its distance from UTC: a message of
// seconds since 1970, nanoseconds, and seconds east of UTC.
func (f *Fields) Time(number int, value *time.Time) {
	if f.writing {
		if !value.IsZero() {
			f.time(number, *value)
		}
		return
	}
	if f.has(number, wireBytes) {
		*value = f.readTime(number)
		f.nonzero(number, value.IsZero())
	}
}

func (f *Fields) time(number int, value time.Time) {
	if year := value.Year(); year < 0 || year > 9999 {
		f.fail(ErrTime, number)
		return
	}
	_, east := value.Zone()
	seconds, nanoseconds := value.Unix(), uint64(value.Nanosecond())
	mark := f.open(number)
	Int(f, 1, &seconds)
	Uint(f, 2, &nanoseconds)
	Int(f, 3, &east)
	f.close(mark)
}

func (f *Fields) readTime(number int) time.Time {
	var seconds int64
	var nanoseconds uint64
	var east int
	outer := f.enter(number)
	Int(f, 1, &seconds)
	Uint(f, 2, &nanoseconds)
	Int(f, 3, &east)
	f.leave(outer)
	if nanoseconds >= 1e9 || east < -86400 || east > 86400 {
		f.fail(ErrFields, number)
		return time.Time{}
	}
	at := time.Unix(seconds, int64(nanoseconds))
	if east == 0 {
		at = at.UTC()
	} else if _, local := at.Zone(); local != east {
		at = at.In(time.FixedZone("", east))
	}
	if year := at.Year(); year < 0 || year > 9999 {
		f.fail(ErrTime, number)
	}
	return at
}
