package wsdl

import "strconv"

// readInt reads an xsd:int, which was checked to be one.
func readInt(text string) int32 {
	value, _ := strconv.ParseInt(text, 10, 32)
	return int32(value)
}

// readBoolean reads an xsd:boolean, which was checked to be one.
func readBoolean(text string) bool { return text == "true" || text == "1" }

func pointer[T any](value T) *T { return &value }
