package pgtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// environment hands the server of a test down to processes that it starts.
const environment = "DSAPPD_TEST_POSTGRES"

// Server is a running PostgreSQL.
type Server struct {
	dir   string
	port  int
	run   *exec.Cmd
	alive io.Closer // the server ends when this is closed
}

// Run runs the tests of a package, and has URL answer with a schema of one
// server, which starts with the first call. It is for TestMain.
func Run(m *testing.M, shared *Shared) int {
	code := m.Run()
	if err := shared.stop(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	return code
}

// Shared is the one server of a package's tests. Its zero value has not started.
type Shared struct {
	once   sync.Once
	server *Server
	url    string
	err    error
}

// URL returns the URL of a database whose tables are in the schema of a name,
// which may be any text. The same name gives the same schema, in processes that
// the test starts, too.
func (s *Shared) URL(name string) (string, error) {
	s.once.Do(s.start)
	if s.err != nil {
		return "", s.err
	}
	return SchemaURL(s.url, name)
}

func (s *Shared) start() {
	if s.url = os.Getenv(environment); s.url != "" {
		return
	}
	if s.server, s.err = Start(); s.err == nil {
		s.url = s.server.URL()
		s.err = os.Setenv(environment, s.url)
	}
}

func (s *Shared) stop() error {
	if s.server == nil {
		return nil
	}
	return s.server.Stop()
}

// SchemaURL makes a schema with a name made from any text, if there is none yet,
// and returns the URL by which tables are in it.
func SchemaURL(base, name string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	schema := fmt.Sprintf("t%x", sha256.Sum256([]byte(name)))[:24]
	if _, err := conn.Exec(ctx, "create schema if not exists "+schema); err != nil {
		return "", err
	}
	return base + "&search_path=" + schema, nil
}

// errNotInstalled says how to get PostgreSQL.
var errNotInstalled = errors.New("the tests need PostgreSQL: apt-get install -y --no-install-recommends postgresql")

// program returns the newest installed program of PostgreSQL's.
func program(name string) (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) > 0 {
		return slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) }), nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNotInstalled, err)
	}
	return path, nil
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// Start makes a cluster in a temporary folder and starts it.
func Start() (*Server, error) {
	dir, err := os.MkdirTemp("", "dsappd-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir}
	if err := s.init(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.Restart(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

func (s *Server) init() error {
	initdb, err := program("initdb")
	if err != nil {
		return err
	}
	if err := own(s.dir); err != nil {
		return err
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	make := exec.Command(initdb, "--pgdata", s.data(), "--username", "dsappd", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	if err := asOther(make); err != nil {
		return err
	}
	make.Dir = s.dir
	if output, err := make.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// log returns the path of the file with what the server says.
func (s *Server) log() string { return filepath.Join(s.dir, "log") }

// freePort returns a port that nothing listens at. It is below those that systems
// give to connections: one of these would take it while the server is down.
func freePort() (int, error) {
	const lowest, highest = 20000, 32000
	for try := 0; ; try++ {
		port := lowest + mathrand.IntN(highest-lowest)
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return port, listener.Close()
		}
		if try == 100 {
			return 0, err
		}
	}
}

// URL returns the URL of the database.
func (s *Server) URL() string {
	u := url.URL{Scheme: "postgres", User: url.User("dsappd"), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/postgres", RawQuery: "sslmode=disable"}
	return u.String()
}

// Port returns where the server listens.
func (s *Server) Port() int { return s.port }

// enough is how long the server may take to start, on a busy machine.
const enough = time.Minute

// Restart starts the server, after Kill or for the first time, and waits until it
// answers. A shell that waits for this process ends the server with it.
func (s *Server) Restart() error {
	postgres, err := program("postgres")
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(enough); ; {
		if err = s.launch(postgres); err != nil {
			return err
		}
		ended := make(chan error, 1)
		run := s.run
		go func() { ended <- run.Wait() }()
		err = s.answers(ended, deadline)
		if err == nil {
			return nil
		}
		// What a killed server has left behind goes soon.
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(s.log()) // empty: it said nothing
			return fmt.Errorf("start postgres: %w\n%s", err, said)
		}
	}
}

func (s *Server) launch(postgres string) error {
	const script = `"$@" <&- & pid=$!
(cat >/dev/null; kill -INT $pid) <&3 2>/dev/null &
wait $pid`
	log, err := os.Create(s.log())
	if err != nil {
		return err
	}
	defer log.Close()
	s.run = exec.Command("/bin/sh", "-c", "exec 3<&0; "+script, "sh", postgres,
		"-D", s.data(), "-p", strconv.Itoa(s.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "max_connections=200", "-c", "shared_buffers=16MB", "-c", "logging_collector=off")
	s.run.Dir, s.run.Stdout, s.run.Stderr = s.dir, log, log
	if err := asOther(s.run); err != nil {
		return err
	}
	alive, err := s.run.StdinPipe()
	if err != nil {
		return err
	}
	s.alive = alive
	return s.run.Start()
}

// answers waits until the server does, or has ended.
func (s *Server) answers(ended <-chan error, deadline time.Time) error {
	for {
		ctx, cancel := context.WithDeadline(context.Background(), deadline)
		conn, err := pgx.Connect(ctx, s.URL())
		if err == nil {
			err = conn.Close(ctx)
			cancel()
			return err
		}
		cancel()
		select {
		case err := <-ended:
			return fmt.Errorf("postgres ended: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// Kill kills the server as a loss of power would end it, but for what the
// operating system has not written yet.
func (s *Server) Kill() error {
	text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return process.Kill()
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	err := s.alive.Close()
	for deadline := time.Now().Add(enough); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if _, gone := os.Stat(filepath.Join(s.data(), "postmaster.pid")); errors.Is(gone, os.ErrNotExist) {
			break
		}
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// Name returns a name that no other schema has.
func Name() string { return rand.Text() }
