package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
)

type clusterCommand struct {
	Dir string `required:"" env:"DSAPPD_DIR" placeholder:"DIR" help:"List the servers of the store that this data folder names."`
	jsonFlag
}

// Run lists the servers that share the store of a folder.
func (c *clusterCommand) Run(ctx context.Context, std streams) error {
	cluster, err := datafolder.ReadCluster(ctx, c.Dir, time.Now)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std.Out, cluster)
	}
	return c.print(std.Out, cluster)
}

func (c *clusterCommand) print(w io.Writer, cluster datafolder.Cluster) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "HOST\tRUN\tVERSION\tSTARTED\tSTATE\tALONE DOES")
	for _, s := range cluster.Servers {
		state := "lives"
		if !s.Live {
			state = "ended, last heard of " + moment(s.Beat)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Host, s.Run, s.Version, moment(s.Started), state, strings.Join(s.Leases, ", "))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	offset, way := cluster.ClockAhead.Round(time.Millisecond), "ahead of"
	if offset < 0 {
		offset, way = -offset, "behind"
	}
	_, err := fmt.Fprintf(w, "This machine's clock is %v %s the database's, give or take %v. The last commit is %s.\n",
		offset, way, cluster.Uncertain.Round(time.Millisecond), lastCommit(cluster.LastCommit))
	return err
}

func lastCommit(at time.Time) string {
	if at.IsZero() {
		return "unknown"
	}
	return "of " + moment(at)
}
