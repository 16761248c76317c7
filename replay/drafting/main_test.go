package drafting_test

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write anew what becomes of projects")
	flag.Parse()
	os.Exit(m.Run())
}

// updating reports whether the files of wanted results are to be written anew.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }
