package dsappd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/recording"

	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/internal/server/console"
	"github.com/dsappd/dsappd/internal/server/directory"
	"github.com/dsappd/dsappd/internal/server/journal"
	"github.com/dsappd/dsappd/internal/server/listen"
	"github.com/dsappd/dsappd/internal/server/operator"
	"github.com/dsappd/dsappd/internal/server/timeline"
	"github.com/dsappd/dsappd/internal/server/watch"
	"github.com/dsappd/dsappd/replay/drafting"
)

// Config says which data folder to serve, and how. Only Dir is required, or
// Memory in its place.
type Config struct {
	// Dir is the data folder that Init made.
	Dir string

	// Memory has the records kept in memory and gone with the server; nil: they
	// are kept in Dir. With Memory, Dir is a folder that takes the operators'
	// socket and nothing else; empty: there is none.
	Memory *Memory

	// Addr is where the SOAP interface listens, HOST:PORT; port 0 takes a
	// free one. Empty: as the setting soap.listen says.
	Addr string

	// GatewayAddr, ConsoleAddr and PlatformAddr are where the gateway, the
	// console and the Platform API listen, or "none". Empty: as the settings
	// gateway.listen, console.listen and platform.listen say; but where Addr has
	// port 0, a free port of its host, so that servers beside each other never
	// collide.
	GatewayAddr  string
	ConsoleAddr  string
	PlatformAddr string

	// WatchAddr is where metrics and health are read, or "none". Empty: as the
	// setting watch.listen says.
	WatchAddr string

	// OperatorAddr is where the operator's console listens, or "none". Empty: as
	// the setting operator.listen says.
	OperatorAddr string

	// Lab opens the controls of a lab at LabAddr, HOST:PORT: whoever reaches them
	// moves the server's clock. An address that other machines can reach is
	// refused, unless LabReachable says that it is meant.
	Lab          bool
	LabAddr      string
	LabReachable bool

	// LabTime is when the clock of a lab begins; zero: now.
	LabTime time.Time

	// TLS is for every listener whose setting tls is "auto", on loopback too.
	TLS bool

	// Plain is for listeners whose setting tls is "auto" or "off": they are
	// served unencrypted where other machines can reach them, too, although
	// passwords travel there.
	Plain bool

	// LegacyTLS allows RSA key exchange on every listener, as the settings
	// legacy_tls do on their own.
	LegacyTLS bool

	// Strict holds requests to the order, occurrence, namespaces and simple
	// types of the schema.
	Strict bool

	// Trace gets every envelope in and out, its secrets redacted; nil: none.
	Trace io.Writer

	// Record is a folder for transcripts of what the SOAP interface is asked
	// and answers, secrets redacted; empty: nothing is recorded.
	Record string

	// StatusTable is a file of status numbers and names, in place of the
	// setting status_table; empty: as the setting says.
	StatusTable string

	// Logger gets one line for each request; nil: nothing is logged.
	Logger *slog.Logger

	// Traces gets a span for each request at the network's doors; nil: there are
	// none, and lines of the log still have the trace_id of their callers.
	Traces trace.TracerProvider

	// Now and Rand are the only clock and the only source of randomness;
	// nil: the system's. Rand is read from many goroutines.
	Now  func() time.Time
	Rand io.Reader

	recorder *drafting.Recorder // nil: nothing is recorded
	lab      *lab.Lab           // nil: there are no controls
	system   func() time.Time   // the clock that no lab moves
	level    *slog.LevelVar     // of the log, as the settings say
}

// Memory says what a server that keeps nothing begins with. It is for labs and
// tests: its password hashes cost next to nothing.
type Memory struct {
	// Sample fills it with the users, authenticators and components of a lab.
	Sample bool

	// Settings is the text of settings.toml; empty: the defaults.
	Settings string
}

// withDefaults fills in what may be left out.
func (c Config) withDefaults() Config {
	from := datafolder.Source{Now: c.Now, Rand: c.Rand, Logger: c.Logger}.WithDefaults()
	c.Now, c.Rand = from.Now, from.Rand
	c.level = new(slog.LevelVar)
	c.Logger = watch.Log(from.Logger, c.level)
	c.system = c.Now
	if c.Lab {
		c.lab = lab.New(c.Now, c.LabTime)
		c.Now = c.lab.Clock.Now
	}
	return c
}

// URLs are where a server answers, in the form http://HOST:PORT/, with https
// by TLS; empty where it does not. HOST is localhost where it answers on every
// address of the machine.
type URLs struct {
	SOAP     string
	Gateway  string
	Console  string
	Platform string
	Watch    string
	Operator string
	Lab      string
}

// Server is a data folder being served.
type Server struct {
	urls      URLs
	folder    *datafolder.Folder
	journal   *journal.Journal
	metrics   *watch.Metrics
	directory *directory.Directory
	shared    *listen.Shared
	recorder  *drafting.Recorder // nil: nothing is recorded
	endpoints []*listen.Endpoint
	doors     []*openDoor        // of the endpoints, those on the network
	console   *console.Handler   // nil: it is not served
	operator  *operator.Handler  // likewise
	keeper    *timeline.Keeper   // of requests; nil: nobody looks at them
	config    Config             // as the server was opened
	reloading sync.Mutex         // held while Reload works
	draining  atomic.Bool        // Shutdown has begun
	stop      context.CancelFunc // ends what works beside the endpoints
	serving   *errgroup.Group
	ended     context.Context // has ended when the server no longer serves
}

// Open opens the data folder and serves it; when it returns nil, the server
// answers. What it refuses is named by an Error. The context bounds the
// opening alone.
func Open(ctx context.Context, config Config) (*Server, error) {
	config = config.withDefaults()
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", datafolder.ErrAddress, err)
	}
	opened, err := config.openFolder(ctx)
	if err != nil {
		return nil, err
	}
	if config.StatusTable != "" {
		opened.Service.Statuses, err = datafolder.ReadStatusTable(config.StatusTable)
	}
	var server *Server
	if err == nil {
		server, err = serve(ctx, config, opened)
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return server, nil
}

// openFolder opens the data folder, or makes one in memory.
func (c Config) openFolder(ctx context.Context) (*datafolder.Folder, error) {
	from := datafolder.Source{Now: c.Now, Rand: c.Rand, Logger: c.Logger}
	if c.Memory == nil {
		return datafolder.Open(ctx, c.Dir, from)
	}
	return datafolder.OpenMemory(ctx, datafolder.MemoryOptions{Sample: c.Memory.Sample, Settings: c.Memory.Settings, Dir: c.Dir}, from)
}

// serve opens the doors of a folder and begins to answer.
func serve(ctx context.Context, config Config, opened *datafolder.Folder) (*Server, error) {
	s := &Server{
		folder: opened, journal: new(journal.Journal), shared: opened.Settings.Shared(),
		directory: &directory.Directory{PublicSOAP: opened.Settings.SOAP.PublicURL},
	}
	s.config = config
	s.startMetrics()
	if err := s.startKeeper(); err != nil {
		return nil, err
	}
	if err := s.startLab(ctx); err != nil {
		return nil, err
	}
	opened.Service.Proven, opened.Service.Known = s.shared.Known.Add, s.shared.Known.Has
	config.level.Set(opened.Settings.Log.SlogLevel())
	var err error
	if config.Record != "" {
		s.recorder, err = recording.NewRecorder(config.Record, config.Now, config.Logger, nil)
		s.config.recorder = s.recorder
	}
	if err == nil {
		err = s.openNetworkDoors(ctx)
	}
	if err == nil {
		err = s.openOperators()
	}
	if err != nil {
		return nil, errors.Join(err, s.closeListeners(), s.endRecording())
	}
	s.directory.SOAP, s.directory.Gateway, s.directory.Console, s.directory.Platform = s.urls.SOAP, s.urls.Gateway, s.urls.Console, s.urls.Platform
	opened.WarnOfFiles(len(s.doors))
	opened.WarnOfSeals()
	s.start()
	config.Logger.Info("serving", "soap", s.urls.SOAP, "gateway", s.urls.Gateway, "console", s.urls.Console, "platform", s.urls.Platform,
		"operator", s.urls.Operator, "folder", opened.Dir, "run", opened.Service.Audit.Run)
	return s, nil
}

// openNetworkDoors listens for each of the doors that has an address.
func (s *Server) openNetworkDoors(ctx context.Context) error {
	for _, door := range networkDoors(s.config, s.folder.Settings) {
		if door.address == "" {
			continue
		}
		opened, err := door.open(ctx, s)
		if err != nil {
			return err
		}
		*door.url(&s.urls) = opened.endpoint.URL()
		s.endpoints, s.doors = append(s.endpoints, opened.endpoint), append(s.doors, opened)
	}
	return nil
}

// openOperators listens at the socket in the folder.
func (s *Server) openOperators() error {
	if s.folder.Dir == "" {
		return nil
	}
	socket, err := admin.Listen(filepath.Join(s.folder.Dir, datafolder.SocketName))
	if err != nil {
		return err
	}
	door := admin.Door{Service: s.folder.Service, Log: s.config.Logger, Check: s.folder.Check, Copy: s.folder.CopyStore, Keys: s.folder, Webhooks: s.folder, Level: s.config.level, Journal: s.journal}
	mux := http.NewServeMux()
	mux.Handle("/", s.keeper.Wrap("operators", door.Handler(), unremarkable["operators"]))
	s.health().Register(mux)
	s.metrics.Register(mux)
	watch.RegisterProfiles(mux)
	serving := s.folder.Settings.Listening("operators", mux, s.config.Logger)
	serving.Timeouts.Write = 0 // a verification takes as long as the audit is long
	s.endpoints = append(s.endpoints, listen.On(socket, serving))
	return nil
}

// closeListeners closes the listeners of a server that was never started.
func (s *Server) closeListeners() error {
	var all []error
	for _, e := range s.endpoints {
		all = append(all, e.Close())
	}
	return errors.Join(all...)
}

// endRecording writes what is left to write. Nothing is served any more.
func (s *Server) endRecording() error {
	if s.recorder == nil {
		return nil
	}
	return s.recorder.Close()
}

func (s *Server) start() {
	serving, ended := errgroup.WithContext(context.Background())
	s.serving, s.ended = serving, ended
	for _, e := range s.endpoints {
		serving.Go(e.Serve)
	}
	beside, stop := context.WithCancel(context.Background())
	serving.Go(func() error { s.folder.KeepSweeping(beside); return nil })
	serving.Go(func() error { s.folder.KeepAudit(beside); return nil })
	serving.Go(func() error { s.folder.KeepPeers(beside); return nil })
	serving.Go(func() error { s.folder.KeepSpace(beside); return nil })
	serving.Go(func() error { s.folder.KeepKeys(beside); return nil })
	serving.Go(func() error { s.folder.KeepSending(beside, s.metrics.Attempted); return nil })
	serving.Go(func() error { s.folder.KeepWatch(beside, s.certificateEnds); return nil })
	serving.Go(func() error { return s.folder.UntilStopped(beside) })
	s.stop = stop
}

// Done returns a channel that is closed when the server no longer serves: it was
// closed, or a listener or the store failed, which Close then tells.
func (s *Server) Done() <-chan struct{} { return s.ended.Done() }

// Cause returns why the server no longer serves: the error of the listener or
// the store that failed. It is nil while the server serves.
func (s *Server) Cause() error { return context.Cause(s.ended) }

// URLs returns the addresses in use, also where a free port was asked for.
func (s *Server) URLs() URLs { return s.urls }

// Close ends the server: it refuses new connections, lets the requests in
// flight end, for as long as the setting timeouts.drain allows, and then
// closes the store. The error says what was cut off, or which listener had
// failed.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.folder.Current().Timeouts.Drain)
	defer cancel()
	return s.Shutdown(ctx)
}

// Shutdown closes the server as Close does, within a bound of the caller's own.
func (s *Server) Shutdown(ctx context.Context) error {
	s.draining.Store(true)
	var draining errgroup.Group
	for _, e := range s.endpoints {
		draining.Go(func() error { return e.Drain(ctx) })
	}
	drained := draining.Wait()
	s.stop()
	ended := s.serving.Wait()
	s.folder.FinishTallied(context.WithoutCancel(ctx))
	err := errors.Join(drained, ended, s.endRecording(), s.folder.Close())
	s.folder.Logger.Info("ended", "folder", s.folder.Dir)
	return err
}
