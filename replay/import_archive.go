package replay

// archive is a file that holds others, packed.
type archive struct{}
