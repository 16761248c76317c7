package provision

import "strings"

// Nearest returns the known name with the smallest edit distance to name: what
// somebody may have meant who gave a name that does not exist.
func Nearest(name string, known []string) string {
	best, least := "", -1
	for _, candidate := range known {
		if d := editDistance(name, candidate); least < 0 || d < least {
			best, least = candidate, d
		}
	}
	return best
}

// editDistance returns Levenshtein's distance, in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// Near returns the known name that name most likely misspells, letter case
// aside, or "" if none is similar enough.
func Near(name string, known []string) string {
	const longest = 128 // a distance costs time in the product of the lengths
	best, least := "", 0
	for _, candidate := range known {
		if len(name) > longest {
			break
		}
		d := editDistance(strings.ToLower(name), strings.ToLower(candidate))
		if (best == "" || d < least) && d <= len(candidate)/3 {
			best, least = candidate, d
		}
	}
	return best
}
