package dsappd

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"

	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

const (
	benchClients = 64
	benchUsers   = 1024
	benchSecret  = "12345678901234567890"
)

// BenchmarkActivate is dsappSRPActivate end to end: the real binary, HTTP
// with keep-alive, 64 clients, every success durable. Each round registers
// all users, which is not timed, and then activates them. Beside it stands
// bbolt's own Batch, with as many callers and records of the same sizes on
// the same disk.
func BenchmarkActivate(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "data")
	furnishBench(b, dir)
	server := startBench(b, dir)
	var spent, cpu, batched time.Duration
	var latencies []time.Duration
	round := 0
	for b.Loop() {
		ids := server.registerAll(b)
		before := server.cpu(b)
		took, each := server.activateAll(b, ids, uint64(round))
		cpu += server.cpu(b) - before
		spent += took
		latencies = append(latencies, each...)
		batched += batchAll(b)
		round++
	}
	slices.Sort(latencies)
	n := float64(len(latencies))
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(n/spent.Seconds(), "activations/s")
	b.ReportMetric(float64(latencies[len(latencies)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(latencies[len(latencies)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(cpu.Microseconds())/n, "server-cpu-us/op")
	b.ReportMetric(n/batched.Seconds(), "Batch/s")
	b.ReportMetric(batched.Seconds()/spent.Seconds(), "times-Batch")
}

// furnishBench makes a folder with a user and an authenticator for each
// activation of a round, and passwords that cost next to nothing.
func furnishBench(b *testing.B, dir string) {
	settings := strings.NewReplacer("memory_kib = 19456", "memory_kib = 8", "passes = 2", "passes = 1", "queue = 64", "queue = 256").Replace(datafolder.SettingsText)
	if err := datafolder.Init(b.Context(), dir, datafolder.InitOptions{Sample: true, Settings: settings}); err != nil {
		b.Fatal(err)
	}
	opened, err := datafolder.Open(b.Context(), dir, benchSource())
	if err != nil {
		b.Fatal(err)
	}
	share(b, func(i int) error { return addBenchUser(b.Context(), opened.Service, i) })
	if err := opened.Close(); err != nil {
		b.Fatal(err)
	}
}

func benchSource() datafolder.Source {
	config := Config{}.withDefaults()
	return datafolder.Source{Now: config.Now, Rand: config.Rand}
}

func addBenchUser(ctx context.Context, service *provision.Service, i int) error {
	who := provision.Operator{Name: "bench", RequestID: "bench"}
	user, serialNumber := fmt.Sprintf("bench%d", i), fmt.Sprintf("BEN%07d", i)
	_, err := service.AddUser(ctx, who, provision.AddUser{UserID: user, StaticPassword: "Password2"})
	if err != nil {
		return err
	}
	_, err = service.AddAuthenticator(ctx, who, provision.AddAuthenticator{SerialNumber: serialNumber, Secret: []byte(benchSecret),
		Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}})
	if err != nil {
		return err
	}
	_, err = service.AssignAuthenticator(ctx, who, provision.AssignAuthenticator{SerialNumber: serialNumber, UserID: user})
	return err
}

// share has 64 goroutines share the calls of one round.
func share(b *testing.B, call func(i int) error) {
	b.Helper()
	var wait sync.WaitGroup
	var next atomic.Int64
	errs := make([]error, benchClients)
	for n := range benchClients {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < benchUsers && errs[n] == nil; i = next.Add(1) - 1 {
				errs[n] = call(int(i))
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		b.Fatal(err)
	}
}

type benchServer struct {
	url    string
	pid    int
	client *http.Client
}

// startBench builds and starts the binary, and stops it after the benchmark.
func startBench(b *testing.B, dir string) *benchServer {
	binary := filepath.Join(b.TempDir(), "dsappd")
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/dsappd").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	command := exec.Command(binary, "serve", "--dir", dir, "--addr", "127.0.0.1:0")
	stdout, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := command.Wait(); err != nil {
			b.Error(err)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(line)
	return &benchServer{
		url: fields[len(fields)-1], pid: command.Process.Pid,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchClients}},
	}
}

const benchEnvelope = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
	`<prov:%[1]s xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><componentType>srp-direct</componentType>%[2]s</prov:%[1]s>` +
	`</soapenv:Body></soapenv:Envelope>`

// call posts an operation and returns the reply of a success.
func (s *benchServer) call(operation, fields string) (string, error) {
	reply, err := s.client.Post(s.url, "text/xml; charset=utf-8", strings.NewReader(fmt.Sprintf(benchEnvelope, operation, fields)))
	if err != nil {
		return "", err
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err == nil && !bytes.Contains(body, []byte("STAT_SUCCESS")) {
		err = fmt.Errorf("%s answered %s: %s", operation, reply.Status, body)
	}
	return string(body), err
}

func (s *benchServer) registerAll(b *testing.B) []string {
	ids := make([]string, benchUsers)
	share(b, func(i int) error {
		reply, err := s.call("dsappSRPRegister", fmt.Sprintf(
			"<user><userID>bench%d</userID></user><credential><staticPassword>Password2</staticPassword></credential>", i))
		_, rest, _ := strings.Cut(reply, "<registrationID>")
		ids[i], _, _ = strings.Cut(rest, "<")
		return err
	})
	return ids
}

func (s *benchServer) activateAll(b *testing.B, ids []string, movingFactor uint64) (time.Duration, []time.Duration) {
	response, err := oath.OTP([]byte(benchSecret), movingFactor, oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6})
	if err != nil {
		b.Fatal(err)
	}
	each := make([]time.Duration, len(ids))
	begin := time.Now()
	share(b, func(i int) error {
		sent := time.Now()
		_, err := s.call("dsappSRPActivate", fmt.Sprintf(
			"<registrationID>%s</registrationID><credential><response>%s</response></credential>", ids[i], response))
		each[i] = time.Since(sent)
		return err
	})
	return time.Since(begin), each
}

// cpu is what the server has used so far, in user and system mode (proc(5),
// fields 14 and 15 of stat, in hundredths of a second).
func (s *benchServer) cpu(b *testing.B) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// batchAll commits as much as one round of activations by bbolt's Batch: an
// authenticator, a registration and an audit event each.
func batchAll(b *testing.B) time.Duration {
	db, err := bbolt.Open(filepath.Join(b.TempDir(), fmt.Sprint(time.Now().UnixNano())), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	begin := time.Now()
	share(b, func(i int) error {
		return db.Batch(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("records"))
			for part, size := range []int{700, 600, 900} {
				err = errors.Join(err, bucket.Put(fmt.Appendf(nil, "%d/%d", part, i), make([]byte, size)))
			}
			return err
		})
	})
	return time.Since(begin)
}
