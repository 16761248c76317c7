package main

// largeBody is a byte less than what the attack says that it sends.
const largeBody = 1<<20 - 1000

// bodies holds bodies that lack their last byte.
func bodies() campaign {
	s := siege{
		settings: append(cheapHashes(), [2]string{"bodies_mib = 64", "bodies_mib = 16"}, [2]string{"body_bytes = 65536", "body_bytes = 1048576"}),
		attacks:  []string{"full 150 1 100", "full 150 20 100"},
		memory:   250,
	}
	return campaign{
		name:  "bodies",
		about: "hold 900 bodies of 1 MiB, of which 16 MiB may be in flight",
		run:   s.run,
		mutants: []mutant{
			{"no-budget", []edit{{"internal/server/listen/bodies.go", "for !taker.cut && b.short(h, n) {", "for false {"}}},
		},
	}
}
