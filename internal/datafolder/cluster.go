package datafolder

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/store/postgres"
)

// Cluster tells of the servers that share a store.
type Cluster struct {
	Servers    []postgres.Server `json:"servers"`
	LastCommit time.Time         `json:"lastCommit,omitzero"`
	ClockAhead time.Duration     `json:"clockAheadNanoseconds"` // of this machine, before the database's
	Uncertain  time.Duration     `json:"uncertainNanoseconds"`  // of ClockAhead
}

// ReadCluster lists the servers of the store that the data folder dir names. It
// needs no key, and is none of them.
func ReadCluster(ctx context.Context, dir string, now func() time.Time) (_ Cluster, err error) {
	if err := checkFolder(dir); err != nil {
		return Cluster{}, err
	}
	settings, err := ReadSettings(dir)
	if err != nil {
		return Cluster{}, err
	}
	if !settings.Store.shared() {
		return Cluster{}, hint.Add(fmt.Errorf("the store of %s is a file, which one server has to itself", dir), "see docs/cluster.md")
	}
	options, err := settings.Store.options(dir)
	if err != nil {
		return Cluster{}, err
	}
	engine, err := postgres.Open(ctx, options)
	if err != nil {
		return Cluster{}, databaseFault(err)
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	var cluster Cluster
	if cluster.Servers, err = engine.Servers(ctx); err != nil {
		return Cluster{}, err
	}
	if cluster.ClockAhead, cluster.Uncertain, err = engine.Offset(ctx, now); err != nil {
		return Cluster{}, err
	}
	cluster.LastCommit, err = engine.LastCommit(ctx)
	return cluster, err
}
