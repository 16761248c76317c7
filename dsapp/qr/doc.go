// Package qr writes the QR code of an activation image, to be read from a
// screen, and reads one back from a picture, as a phone's camera or a
// screenshot gives it (profile section 9). One library does both.
//
// The text is hex in upper case, which the code's alphanumeric mode holds at
// 5.5 bits a character; the longest, 1024 characters, makes version 21, which
// is 101 modules wide. The level of error correction is M: a screen has no
// scratches, which Q and H are for, but glare, moiré and the compression of a
// screenshot, and each higher level makes the modules smaller that a camera
// has to tell apart.
package qr
