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
	activate  = benchmark{"internal/bench", "BenchmarkActivate", "12x"}
	soapCall  = benchmark{"soap", "BenchmarkActivate", "1s"}
	commit    = benchmark{"store/bolt", "BenchmarkCommit", "20000x"}
	generator = benchmark{"srp", "BenchmarkGenerator", "20000x"}
	exchange  = benchmark{"srp", "BenchmarkServerExchange", "300x"}
)

// goals are the rows of the table, in its order.
var goals = []goal{
	{about: "dsappSRPActivate, 64 clients, durable, beside gSOAP's canned reply", benchmark: activate,
		measured: "activations/s", reference: "canned/s", compared: "times-canned", bound: atLeast, value: 0.5, next: "1.0"},
	{about: "server CPU of an activation, beside an empty net/http handler's", benchmark: activate,
		measured: "server-cpu-µs", reference: "empty-cpu-µs", compared: "above-empty-µs", bound: atMost, value: 200},
	{about: "SOAP's part of an activation, beside xml.Unmarshal: allocations", benchmark: soapCall,
		measured: "allocs/op", compared: "allocs/op", bound: atMost, value: 25},
	{about: "store commits by 64, beside bbolt's Batch", benchmark: commit,
		measured: "commits/s", reference: "Batch/s", compared: "times-Batch", bound: atLeast, value: 3},
	{about: "SRP, the server's side, beside its bare exponentiations", benchmark: exchange,
		measured: "exchange-µs", reference: "bare-µs", compared: "times-bare", bound: atMost, value: 0.7},
	{about: "SRP's tables, exponents of zeros beside random ones: Welch's t", benchmark: generator,
		compared: "t", bound: atMost, value: 4.5},
}
