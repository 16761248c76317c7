package replay_test

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write what is said of broken transcripts anew")
	flag.Parse()
	os.Exit(m.Run())
}

// updating says that the files of wanted results shall be written anew.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }
