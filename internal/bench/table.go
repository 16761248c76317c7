package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"text/tabwriter"

	"golang.org/x/perf/benchfmt"
)

// module is the import path that benchmarks' folders are below.
const module = "github.com/dsappd/dsappd/"

// errMissing means that a benchmark did not report a metric.
var errMissing = errors.New("a metric was not measured")

// results are the metrics of benchmarks.
type results map[string]map[string]float64 // by the benchmark's package and name, then by the metric

// parse reads what go test printed.
func parse(output []byte) (results, error) {
	all := results{}
	reader := benchfmt.NewReader(bytes.NewReader(output), "go test")
	for reader.Scan() {
		result, isResult := reader.Result().(*benchfmt.Result)
		if !isResult {
			continue
		}
		metrics := map[string]float64{}
		for _, v := range result.Values {
			metrics[v.Unit] = v.Value
			if v.OrigUnit != "" {
				metrics[v.OrigUnit] = v.OrigValue
			}
		}
		all[result.GetConfig("pkg")+" Benchmark"+withoutCores(result.Name)] = metrics
	}
	return all, reader.Err()
}

// withoutCores returns a benchmark's name without the number of cores that it
// ended with.
func withoutCores(name benchfmt.Name) string {
	base, parts := name.Parts()
	whole := string(base)
	for _, part := range parts {
		if part[0] == '/' {
			whole += string(part)
		}
	}
	return whole
}

// of returns a metric of a benchmark.
func (r results) of(b benchmark, metric string) (float64, error) {
	value, measured := r[path.Join(module, b.folder)+" "+b.name][metric]
	if !measured {
		return 0, fmt.Errorf("%w: %s of %s in %s", errMissing, metric, b.name, b.folder)
	}
	return value, nil
}

// printTable prints the goals. The error names what was not measured.
func printTable(w io.Writer, m *machine, chosen []goal, measured results) error {
	fmt.Fprintf(w, "%s\n", m)
	if m.busy() {
		fmt.Fprintf(w, "The load was above the %d cores before anything was measured: compare nothing with these figures but each other.\n", m.cores)
	}
	fmt.Fprintln(w)
	var all []error
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\tmeasured\treference\tcompared\tgoal\t")
	for _, g := range chosen {
		cells, err := g.cells(measured)
		if err != nil {
			all = append(all, err)
			continue
		}
		fmt.Fprintln(table, strings.Join(cells, "\t")+"\t")
	}
	return errors.Join(append(all, table.Flush())...)
}

// cells returns the cells of the goal's row.
func (g goal) cells(measured results) ([]string, error) {
	figure := func(metric string) (string, float64, error) {
		if metric == "" {
			return "", 0, nil
		}
		value, err := measured.of(g.benchmark, metric)
		return short(value) + " " + metric, value, err
	}
	own, _, err := figure(g.measured)
	reference, _, referenceErr := figure(g.reference)
	compared, value, comparedErr := figure(g.compared)
	if err := errors.Join(err, referenceErr, comparedErr); err != nil {
		return nil, err
	}
	verdict := "missed: "
	if g.bound.holds(value, g.value) {
		verdict = "met: "
	}
	verdict += g.bound.String() + " " + strconv.FormatFloat(g.value, 'f', -1, 64)
	if g.next != "" {
		verdict += ", then " + g.next
	}
	return []string{g.about, own, reference, compared, verdict}, nil
}

// short writes a figure with three digits that count.
func short(value float64) string {
	switch {
	case value >= 100 || value == float64(int64(value)):
		return strconv.FormatFloat(value, 'f', 0, 64)
	case value >= 10:
		return strconv.FormatFloat(value, 'f', 1, 64)
	}
	return strconv.FormatFloat(value, 'f', 2, 64)
}
