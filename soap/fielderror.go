package soap

// FieldError is what is wrong with one field of a request whose envelope is
// right. It never holds the field's value.
type FieldError struct {
	Path    string // below the operation's element, such as user/userID
	Problem string // what is wrong, such as "is missing"
	Mend    string // what to do about it
}

func (e *FieldError) Error() string { return e.Path + " " + e.Problem + ": " + e.Mend }
