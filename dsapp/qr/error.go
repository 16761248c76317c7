package qr

// Error is why a code could not be written or read, for errors.Is. What wraps
// it never repeats the text, which is a secret.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrText says that a text cannot stand in a code.
	ErrText Error = "text of a QR code"
	// ErrModule says that a module would have a size that no screen shows.
	ErrModule Error = "module size"
	// ErrPicture says that a file is no picture that can be read.
	ErrPicture Error = "picture"
	// ErrTooLarge says that a picture is past the limits.
	ErrTooLarge Error = "picture is too large"
	// ErrNotFound says that a picture shows no QR code that can be read.
	ErrNotFound Error = "no QR code found in the picture"
	// ErrSeveral says that a picture shows several different QR codes.
	ErrSeveral Error = "the picture shows several QR codes"
)
