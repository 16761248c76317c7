package soap

import (
	"cmp"
	"net/http"
	"strconv"
)

// Code is a fault code of SOAP 1.1, section 4.4.1.
type Code string

const (
	CodeClient          Code = "Client"
	CodeServer          Code = "Server"
	CodeVersionMismatch Code = "VersionMismatch"
	CodeMustUnderstand  Code = "MustUnderstand"
)

// Reason tells one fault from another, for programs.
type Reason string

const (
	NotWellFormed            Reason = "NotWellFormed"
	UnsupportedEncoding      Reason = "UnsupportedEncoding"
	WrongEncoding            Reason = "WrongEncoding"
	DocumentType             Reason = "DocumentType"
	ProcessingInstruction    Reason = "ProcessingInstruction"
	UndeclaredPrefix         Reason = "UndeclaredPrefix"
	DuplicateAttribute       Reason = "DuplicateAttribute"
	WrongName                Reason = "WrongName"
	TooDeep                  Reason = "TooDeep"
	TooManyAttributes        Reason = "TooManyAttributes"
	TooManyNamespaces        Reason = "TooManyNamespaces"
	TooManyParts             Reason = "TooManyParts"
	TooLarge                 Reason = "TooLarge"
	TooDense                 Reason = "TooDense"
	TooBusy                  Reason = "TooBusy"
	AfterTheRoot             Reason = "AfterTheRoot"
	NotAnEnvelope            Reason = "NotAnEnvelope"
	WrongVersion             Reason = "WrongVersion"
	WrongEnvelope            Reason = "WrongEnvelope"
	NotUnderstood            Reason = "NotUnderstood"
	SeveralBodyElements      Reason = "SeveralBodyElements"
	UnknownOperation         Reason = "UnknownOperation"
	UnsupportedMediaType     Reason = "UnsupportedMediaType"
	UnsupportedContentCoding Reason = "UnsupportedContentCoding"
	WrongContentCoding       Reason = "WrongContentCoding"
	LengthRequired           Reason = "LengthRequired"
	Incomplete               Reason = "Incomplete"
	TooSlow                  Reason = "TooSlow"
	WrongMethod              Reason = "WrongMethod"
	NoDescription            Reason = "NoDescription"
	WrongAddress             Reason = "WrongAddress"
	StrangeHost              Reason = "StrangeHost"
	OtherOrigin              Reason = "OtherOrigin"
	ClosedAddress            Reason = "ClosedAddress"
	Internal                 Reason = "Internal"
)

// Fault is an answer to a request that never became one of an operation, or
// to which the operation has no answer.
type Fault struct {
	Code   Code
	Reason Reason
	String string // what is wrong and how to mend it, in constant words
	Status int    // of HTTP; 0 is 500, as SOAP 1.1 asks

	// Line and Column say where, counted from 1; 0 is unknown.
	Line, Column int

	// RequestID is that of the reply in which a client received the fault.
	RequestID string
}

func (f *Fault) Error() string { return "SOAP fault " + string(f.Code) + ": " + f.Words() }

// Words returns the sentence and the place.
func (f *Fault) Words() string {
	if f.Line == 0 {
		return f.String
	}
	return f.String + " (line " + strconv.Itoa(f.Line) + ", column " + strconv.Itoa(f.Column) + ")"
}

// status returns the HTTP status of the fault.
func (f *Fault) status() int { return cmp.Or(f.Status, http.StatusInternalServerError) }

func clientFault(reason Reason, words string) *Fault {
	return &Fault{Code: CodeClient, Reason: reason, String: words}
}

// internalFault never says what happened: the log does.
func internalFault() *Fault {
	return &Fault{Code: CodeServer, Reason: Internal, String: "The server could not answer because of an internal error: the log has it under the request's ID."}
}
