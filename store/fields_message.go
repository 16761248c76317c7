package store

import "encoding/binary"

// mark is where a message within the record begins that is being written.
type mark int

// open begins a message, with a byte for its length.
func (f *Fields) open(number int) mark {
	f.tag(number, wireBytes)
	f.out = append(f.out, 0)
	return mark(len(f.out))
}

// close ends it, and makes room where the length takes more than a byte.
func (f *Fields) close(m mark) {
	size := uint64(len(f.out) - int(m))
	if size < 0x80 {
		f.out[m-1] = byte(size)
		return
	}
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], size)
	f.out = append(f.out, length[:n-1]...)
	copy(f.out[int(m)+n-1:], f.out[m:int(m)+int(size)])
	copy(f.out[m-1:], length[:n])
}

// place is where the reading of a message stood before one within it.
type place struct{ end, last int }

// enter begins to read the message of a field whose tag was read.
func (f *Fields) enter(number int) place {
	outer := place{f.end, f.last}
	from, to := f.block(number)
	f.at, f.end, f.last = from, to, 0
	return outer
}

// leave ends it: all of it must have been read.
func (f *Fields) leave(outer place) {
	f.ended()
	f.at, f.end, f.last, f.number = f.end, outer.end, outer.last, 0
}

// ended refuses what is left of a message after its last field.
func (f *Fields) ended() {
	if f.err != nil || f.number == 0 && f.at == f.end {
		return
	}
	if f.number == 0 {
		f.number = int(f.varint(0) >> 3)
	}
	if f.number > f.last {
		f.fail(ErrNewerFields, f.number)
		return
	}
	f.fail(ErrFields, f.number)
}

// Message reads or writes a record within the record, which has fields of its
// own. It writes none where all of those are zero.
func Message[R any](f *Fields, number int, value *R, fields func(*R, *Fields)) {
	if f.writing {
		before := len(f.out)
		m := f.open(number)
		fields(value, f)
		if len(f.out) == int(m) {
			f.out = f.out[:before]
			return
		}
		f.close(m)
		return
	}
	if f.has(number, wireBytes) {
		outer := f.enter(number)
		f.nonzero(number, f.at == f.end)
		fields(value, f)
		f.leave(outer)
	}
}

// Optional reads or writes a record within the record that may be absent.
func Optional[R any](f *Fields, number int, value **R, fields func(*R, *Fields)) {
	if f.writing {
		if *value != nil {
			m := f.open(number)
			fields(*value, f)
			f.close(m)
		}
		return
	}
	if f.has(number, wireBytes) {
		*value = new(R)
		outer := f.enter(number)
		fields(*value, f)
		f.leave(outer)
	}
}

// Messages reads or writes any number of records within the record.
func Messages[R any](f *Fields, number int, values *[]R, fields func(*R, *Fields)) {
	if f.writing {
		for i := range *values {
			m := f.open(number)
			fields(&(*values)[i], f)
			f.close(m)
		}
		return
	}
	for n := 0; f.has(number, wireBytes); n++ {
		if n == 0 {
			*values = make([]R, 0, f.many(number))
		}
		*values = append(*values, *new(R))
		outer := f.enter(number)
		fields(&(*values)[n], f)
		f.leave(outer)
	}
}
