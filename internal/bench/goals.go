package main

// goal is a row of the table.
type goal struct {
	about     string
	benchmark benchmark
	measured  string // the metric that is shown
	reference string // that of the same run beside it; empty: there is none
	compared  string // the metric that the goal is set for
	bound     bound
	value     float64
	next      string // what comes after the goal, in words
}

// benchmark is one of a package.
type benchmark struct {
	folder string // below the module
	name   string
	time   string // -benchtime
}

// sub names one of the benchmarks that a benchmark runs.
func (b benchmark) sub(name string) benchmark {
	b.name += "/" + name
	return b
}

// bound says on which side of its value a metric must be.
type bound bool

const (
	atLeast bound = true
	atMost  bound = false
)

func (b bound) String() string {
	if b == atLeast {
		return "at least"
	}
	return "at most"
}

func (b bound) holds(got, value float64) bool {
	if b == atLeast {
		return got >= value
	}
	return got <= value
}

var (
	benchActivate  = benchmark{"internal/bench", "BenchmarkActivate", "12x"}
	benchStart     = benchmark{"internal/bench", "BenchmarkStart", "10x"}
	benchLarge     = benchmark{"internal/bench", "BenchmarkLarge", "2x"}
	benchREST      = benchmark{"internal/bench", "BenchmarkREST", "4x"}
	benchWaiters   = benchmark{"internal/bench", "BenchmarkWaiters", "3x"}
	benchLogin     = benchmark{"internal/bench", "BenchmarkLogin", "12x"}
	benchQuery     = benchmark{"internal/bench", "BenchmarkQuery", "40x"}
	benchRefusal   = benchmark{"internal/provision", "BenchmarkLoginRefusal", "1x"}
	benchReplay    = benchmark{"internal/bench", "BenchmarkReplay", "1x"}
	benchSOAP      = benchmark{"soap", "BenchmarkActivate", "1s"}
	benchDecision  = benchmark{"internal/provision", "BenchmarkActivate", "4096x"}
	benchFlow      = benchmark{"internal/provision", "BenchmarkFlow", "40x"}
	benchRegister  = benchmark{"internal/provision", "BenchmarkRegister", "2x"}
	benchCommit    = benchmark{"store/bolt", "BenchmarkCommit", "20000x"}
	benchExchange  = benchmark{"srp", "BenchmarkServerExchange", "300x"}
	benchGenerator = benchmark{"srp", "BenchmarkGenerator", "20000x"}
)

// goals are the rows of the table, in its order.
var goals = []goal{
	{about: "dsappSRPActivate, 64 clients, durable, beside gSOAP's canned reply", benchmark: benchActivate,
		measured: "activations/s", reference: "canned/s", compared: "times-canned", bound: atLeast, value: 0.5, next: "1.0"},
	{about: "authUser by a one-time password, 64 clients, durable, beside dsappSRPActivate", benchmark: benchLogin,
		measured: "logins/s", reference: "activations/s", compared: "times-activations", bound: atLeast, value: 1},
	{about: "userQuery of a page of 100 in a large store, the slowest search, in ms", benchmark: benchQuery,
		measured: "users", compared: "page-ms", bound: atMost, value: 20},
	{about: "refusals of authUser where the policy is generic: the worst Welch's t", benchmark: benchRefusal,
		compared: "worst-t", bound: atMost, value: 4.5},
	{about: "server CPU of an activation, beside an empty net/http handler's", benchmark: benchActivate,
		measured: "server-cpu-µs", reference: "empty-cpu-µs", compared: "above-empty-µs", bound: atMost, value: 200},
	{about: "SOAP's part of an activation, in allocations", benchmark: benchSOAP,
		measured: "allocs/op", compared: "allocs/op", bound: atMost, value: 25},
	{about: "SOAP's part of an activation, beside xml.Unmarshal without checks", benchmark: benchSOAP,
		compared: "ratio-to-xml.Unmarshal", bound: atMost, value: 1},
	{about: "provision's part of an activation, on the memory engine", benchmark: benchDecision,
		measured: "cpu-µs", compared: "cpu-µs", bound: atMost, value: 60},
	{about: "provision's part of an activation, in allocations", benchmark: benchDecision,
		measured: "allocs/op", compared: "allocs/op", bound: atMost, value: 120},
	{about: "store commits by 64, beside bbolt's Batch", benchmark: benchCommit,
		measured: "commits/s", reference: "Batch/s", compared: "times-Batch", bound: atLeast, value: 3},
	{about: "store commits by 64, beside groups of 64 put in a row", benchmark: benchCommit,
		measured: "commits/s", reference: "drained/s", compared: "times-drained", bound: atLeast, value: 0.85},
	{about: "a whole flow at the default cost, beside its hash and exponentiations", benchmark: benchFlow,
		measured: "flow-cpu-µs", reference: "bare-cpu-µs", compared: "bare/flow", bound: atLeast, value: 0.9},
	{about: "registers by as many as there are cores, beside bare Argon2id", benchmark: benchRegister.sub("idle"),
		measured: "registers/s", reference: "argon2id/s", compared: "%-of-argon2id", bound: atLeast, value: 97},
	{about: "registers by 64, beside bare Argon2id", benchmark: benchRegister.sub("64"),
		measured: "registers/s", reference: "argon2id/s", compared: "%-of-argon2id", bound: atLeast, value: 95},
	{about: "SRP, the server's side, beside its bare exponentiations", benchmark: benchExchange,
		measured: "exchange-µs", reference: "bare-µs", compared: "times-bare", bound: atMost, value: 0.7},
	{about: "SRP's tables, exponents of zeros beside random ones: Welch's t", benchmark: benchGenerator,
		compared: "t", bound: atMost, value: 4.5},
	{about: "register in a large store, median, beside 1,000 authenticators", benchmark: benchLarge,
		measured: "large-register-µs", reference: "small-register-µs", compared: "times-small-register", bound: atMost, value: 1.2},
	{about: "activate in a large store, median, beside 1,000 authenticators", benchmark: benchLarge,
		measured: "large-activate-µs", reference: "small-activate-µs", compared: "times-small-activate", bound: atMost, value: 1.2},
	{about: "memory of a server with a large store, beyond the page cache", benchmark: benchLarge,
		measured: "authenticators", compared: "large-MiB", bound: atMost, value: 300},
	{about: "from start to the first answer, beside an empty program's", benchmark: benchStart,
		measured: "start-ms", reference: "empty-start-ms", compared: "start-ms", bound: atMost, value: 50},
	{about: "register over REST, CPU, beside dsappSRPRegister", benchmark: benchREST,
		measured: "rest-register-cpu-µs", reference: "soap-register-cpu-µs", compared: "times-soap-register", bound: atMost, value: 1.05},
	{about: "activate over REST, CPU, beside dsappSRPActivate", benchmark: benchREST,
		measured: "rest-activate-cpu-µs", reference: "soap-activate-cpu-µs", compared: "times-soap-activate", bound: atMost, value: 1.05},
	{about: "memory of each check-status that waits, of 1,000, in KiB", benchmark: benchWaiters,
		measured: "waiters", compared: "KiB/waiter", bound: atMost, value: 64},
	{about: "the last of 1,000 that wait, after the activation, in ms", benchmark: benchWaiters,
		measured: "waiters", compared: "last-woken-ms", bound: atMost, value: 100},
	{about: "replay of 10,000 exchanges, CPU, beside the server's for them", benchmark: benchReplay,
		measured: "replay-cpu-µs", reference: "server-cpu-µs", compared: "times-server", bound: atMost, value: 1.5},
}
