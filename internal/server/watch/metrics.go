package watch

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// MetricsPath is where Prometheus reads the metrics.
const MetricsPath = "/metrics"

// Build is what the program was built from.
type Build struct {
	Version, Commit, Go string
	Schema              int
}

// StoreStats are sizes of the store's file.
type StoreStats struct {
	Size      int64 // bytes
	FreePages int   // which nothing uses
	PageSize  int   // bytes
}

// Sources are asked for what is measured when Prometheus reads it.
type Sources struct {
	Store            func() (StoreStats, bool)                     // false: it is not known
	PasswordsWaiting func() int                                    // for their turn at a hash
	Unsealed         func() int                                    // events of the audit
	Sealed           func() uint64                                 // secrets, by the master key
	Certificates     func() map[string]time.Time                   // by door, when they expire
	Registrations    func(context.Context) (map[string]int, error) // open ones by state
	FreeBytes        func() (bytes uint64, known bool)             // of the disk
	Webhooks         func() []WebhookState                         // that this server sends to
}

// WebhookState tells how a receiver of what happens is doing.
type WebhookState struct {
	Name    string
	Behind  time.Duration // the age of the oldest message that has not arrived
	Stopped bool          // it was given up
}

// Metrics counts and times what a server does.
type Metrics struct {
	registry *prometheus.Registry

	requests        *prometheus.CounterVec
	requestSeconds  *prometheus.HistogramVec
	decisions       *prometheus.CounterVec
	decisionSeconds *prometheus.HistogramVec
	commitSeconds   prometheus.Histogram
	commitRequests  prometheus.Histogram
	swept           *prometheus.CounterVec
	sweptAt         prometheus.Gauge
	messages        *prometheus.CounterVec
	failures        *prometheus.CounterVec
}

// seconds are the bounds of classic histograms; native ones need none.
var seconds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// histogram returns options for one that is both classic and native: readers
// choose.
func histogram(name, help string, buckets []float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{
		Name: name, Help: help, Buckets: buckets,
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 160, NativeHistogramMinResetDuration: time.Hour,
	}
}

func counter(name, help string) prometheus.CounterOpts {
	return prometheus.CounterOpts{Name: name, Help: help}
}

// NewMetrics begins to count.
func NewMetrics(build Build, sources Sources) *Metrics {
	m := &Metrics{
		registry:        prometheus.NewRegistry(),
		requests:        prometheus.NewCounterVec(counter("dsappd_http_requests_total", "HTTP requests, by door and status code."), []string{"door", "code"}),
		requestSeconds:  prometheus.NewHistogramVec(histogram("dsappd_http_request_duration_seconds", "Time from the header of a request to the end of its answer, by door.", seconds), []string{"door"}),
		decisions:       prometheus.NewCounterVec(counter("dsappd_decisions_total", "Decisions, by operation and true status."), []string{"operation", "status"}),
		decisionSeconds: prometheus.NewHistogramVec(histogram("dsappd_decision_duration_seconds", "Time of a decision with its commit, by operation.", seconds), []string{"operation"}),
		commitSeconds:   prometheus.NewHistogram(histogram("dsappd_store_commit_duration_seconds", "Time to write and sync one commit of the store.", seconds)),
		commitRequests:  prometheus.NewHistogram(histogram("dsappd_store_commit_requests", "Changes that one commit of the store writes together.", prometheus.ExponentialBuckets(1, 2, 11))),
		swept:           prometheus.NewCounterVec(counter("dsappd_swept_registrations_total", "Registrations that the sweeper took the secrets of, or deleted."), []string{"action"}),
		sweptAt:         prometheus.NewGauge(prometheus.GaugeOpts{Name: "dsappd_last_sweep_timestamp_seconds", Help: "When the sweeper last came through."}),
		messages:        prometheus.NewCounterVec(counter("dsappd_webhook_messages_total", "Messages that arrived, by webhook; syslog is one."), []string{"webhook"}),
		failures:        prometheus.NewCounterVec(counter("dsappd_webhook_failures_total", "Attempts to send that failed, by webhook."), []string{"webhook"}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "dsappd_build_info", Help: "What the program was built from; always 1.",
		ConstLabels: prometheus.Labels{"version": build.Version, "commit": build.Commit, "go": build.Go, "schema": strconv.Itoa(build.Schema)},
	})
	info.Set(1)
	m.registry.MustRegister(m.requests, m.requestSeconds, m.decisions, m.decisionSeconds, m.commitSeconds, m.commitRequests, m.swept, m.sweptAt, m.messages, m.failures,
		info, &collector{sources}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Decided notes a decision.
func (m *Metrics) Decided(operation, status string, took time.Duration) {
	m.decisions.WithLabelValues(operation, status).Inc()
	m.decisionSeconds.WithLabelValues(operation).Observe(took.Seconds())
}

// Committed notes a commit of so many changes.
func (m *Metrics) Committed(changes int, took time.Duration) {
	m.commitRequests.Observe(float64(changes))
	m.commitSeconds.Observe(took.Seconds())
}

// Swept notes that the sweeper came through.
func (m *Metrics) Swept(at time.Time, blanked, deleted int) {
	m.swept.WithLabelValues("blanked").Add(float64(blanked))
	m.swept.WithLabelValues("deleted").Add(float64(deleted))
	m.sweptAt.Set(float64(at.Unix()))
}

// Attempted notes an attempt to send to a webhook.
func (m *Metrics) Attempted(webhook string, arrived int, failed bool) {
	m.messages.WithLabelValues(webhook).Add(float64(arrived))
	if failed {
		m.failures.WithLabelValues(webhook).Inc()
	}
}

// Count counts and times the requests of a door.
func (m *Metrics) Count(door string, handler http.Handler) http.Handler {
	took := m.requestSeconds.WithLabelValues(door)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		counted := &countedWriter{ResponseWriter: w}
		defer func() {
			m.requests.WithLabelValues(door, counted.code()).Inc()
			took.Observe(time.Since(began).Seconds())
		}()
		handler.ServeHTTP(counted, r)
	})
}

// countedWriter remembers the status code of an answer.
type countedWriter struct {
	http.ResponseWriter
	status int
}

func (w *countedWriter) WriteHeader(status int) {
	if w.status == 0 || w.status < http.StatusOK { // after a 103, say
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *countedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush serves handlers that ask for an http.Flusher.
func (w *countedWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

func (w *countedWriter) code() string { return strconv.Itoa(w.number()) }

func (w *countedWriter) number() int { return cmp.Or(w.status, http.StatusOK) }

// Register answers GET at MetricsPath in the text format of Prometheus, or the
// one that the reader asks for.
func (m *Metrics) Register(mux *http.ServeMux) {
	mux.Handle("GET "+MetricsPath, promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, EnableOpenMetrics: true, MaxRequestsInFlight: 4}))
}
