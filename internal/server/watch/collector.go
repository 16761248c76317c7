package watch

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// collectTimeout bounds what one reading asks of the store.
const collectTimeout = 5 * time.Second

// collector asks the sources at every reading.
type collector struct{ sources Sources }

func description(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("dsappd_"+name, help, labels, nil)
}

var (
	storeBytes       = description("store_size_bytes", "Size of the store's file.")
	storeFree        = description("store_free_bytes", "Part of the store's file that nothing uses.")
	diskFree         = description("disk_free_bytes", "Free space of the disk that the data folder is on.")
	passwordsWaiting = description("passwords_waiting", "Requests that wait for their turn at a password hash.")
	auditUnsealed    = description("audit_unsealed_events", "Decisions that no seal vouches for yet.")
	secretsSealed    = description("master_key_sealed_secrets", "Secrets that the master key is known to have sealed.")
	certificateEnds  = description("certificate_expiry_timestamp_seconds", "When the certificate of a door expires.", "door")
	webhookBehind    = description("webhook_behind_seconds", "Age of the oldest message that has not arrived, by webhook.", "webhook")
	webhookStopped   = description("webhook_stopped", "1 for a webhook that was given up.", "webhook")
	registrationsNow = description("open_registrations", "Registrations that can still activate, by state.", "state")
)

func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{storeBytes, storeFree, diskFree, passwordsWaiting, auditUnsealed, secretsSealed, certificateEnds, webhookBehind, webhookStopped, registrationsNow} {
		to <- d
	}
}

func (c *collector) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	if stats, known := c.sources.Store(); known {
		gauge(storeBytes, float64(stats.Size))
		gauge(storeFree, float64(stats.FreePages*stats.PageSize))
	}
	if free, known := c.sources.FreeBytes(); known {
		gauge(diskFree, float64(free))
	}
	gauge(passwordsWaiting, float64(c.sources.PasswordsWaiting()))
	gauge(auditUnsealed, float64(c.sources.Unsealed()))
	gauge(secretsSealed, float64(c.sources.Sealed()))
	for door, ends := range c.sources.Certificates() {
		gauge(certificateEnds, float64(ends.Unix()), door)
	}
	for _, state := range c.sources.Webhooks() {
		stopped := 0.0
		if state.Stopped {
			stopped = 1
		}
		gauge(webhookBehind, state.Behind.Seconds(), state.Name)
		gauge(webhookStopped, stopped, state.Name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), collectTimeout)
	defer cancel()
	open, err := c.sources.Registrations(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(registrationsNow, err)
		return
	}
	for state, count := range open {
		gauge(registrationsNow, float64(count), state)
	}
}
