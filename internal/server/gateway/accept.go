package gateway

import (
	"mime"
	"strconv"
	"strings"
)

// quality returns how much a media type is liked, from 0 to 1, by the header
// Accept (RFC 9110, section 12.5.1): the most specific range that holds it
// decides.
func quality(accept, mediaType string) float64 {
	if strings.TrimSpace(accept) == "" {
		return 1
	}
	liked, specific := 0.0, 0
	for entry := range strings.SplitSeq(accept, ",") {
		media, parameters, err := mime.ParseMediaType(strings.TrimSpace(entry))
		if err != nil {
			continue
		}
		fits := precedence(media, mediaType)
		if fits > specific {
			liked, specific = weight(parameters["q"]), fits
		}
	}
	return liked
}

// precedence returns 0 where the range does not hold the media type, and more
// the more the range says.
func precedence(mediaRange, mediaType string) int {
	kind, _, _ := strings.Cut(mediaType, "/")
	switch mediaRange {
	case mediaType:
		return 3
	case kind + "/*":
		return 2
	case "*/*":
		return 1
	}
	return 0
}

func weight(q string) float64 {
	if q == "" {
		return 1
	}
	w, err := strconv.ParseFloat(q, 64)
	if err != nil || !(w >= 0 && w <= 1) {
		return 0
	}
	return w
}
