package bulk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/bulk"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// office adds users to a list, and refuses those that it has.
type office struct {
	mutex sync.Mutex
	users []string
	parts int
	after func(parts int)
}

func (o *office) decide(in admin.Import, add bool) (admin.Imported, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	var done admin.Imported
	had := make(map[string]bool)
	for _, user := range o.users {
		had[user] = true
	}
	var added []string
	for i, row := range in.Rows {
		if had[row.User.UserID] {
			done.Refused = append(done.Refused, admin.RefusedRow{Row: i, Error: &admin.Error{Refusal: "exists", Desc: "There already is one.", StatusCodeEnum: "STAT_EXISTS"}})
			continue
		}
		added = append(added, row.User.UserID)
	}
	if add && !(in.Whole && len(done.Refused) > 0) {
		o.users = append(o.users, added...)
	}
	done.Users = len(added)
	o.parts++
	if o.after != nil {
		o.after(o.parts)
	}
	return done, nil
}

func (o *office) Import(_ context.Context, in admin.Import) (admin.Imported, error) {
	return o.decide(in, true)
}

func (o *office) CheckImport(_ context.Context, in admin.Import) (admin.Imported, error) {
	return o.decide(in, false)
}

func csvOf(text string) func() (bulk.Source, error) {
	return func() (bulk.Source, error) { return bulk.CSV(strings.NewReader(text), bulk.Users, false) }
}

func manyUsers(n int) string {
	var text strings.Builder
	text.WriteString("userID\n")
	for i := range n {
		fmt.Fprintf(&text, "user%d\n", i)
	}
	return text.String()
}

// Of a file of many parts, a row in the last that is refused has none added,
// whether the server has it or another row.
func TestAllOrNothing(t *testing.T) {
	for name, text := range map[string]string{
		"server has it":  manyUsers(50) + "before\n",
		"row repeats":    manyUsers(50) + "user0\n",
		"another writes": manyUsers(50) + "ｕｓｅｒ0\n", // PRECIS has it the same
		"row is empty":   manyUsers(50) + "\"\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			o := &office{users: []string{"before"}}
			result, err := bulk.Run(t.Context(), o, csvOf(text), bulk.Options{Rows: 7})
			if !errors.Is(err, bulk.ErrRefused) || len(o.users) != 1 || result.Users != 0 || len(result.Refusals) != 1 || result.Refusals[0].Row != 52 {
				t.Errorf("%v, %+v; users %v", err, result, o.users)
			}
		})
	}
	o := &office{}
	result, err := bulk.Run(t.Context(), o, csvOf(manyUsers(50)), bulk.Options{Rows: 7})
	if err != nil || result.Users != 50 || len(o.users) != 50 {
		t.Errorf("nothing is refused: %v, %+v", err, result)
	}
}

// An import that is interrupted ends between two parts, and goes on where it
// says.
func TestInterruptedImportGoesOn(t *testing.T) {
	for _, jobs := range []int{1, 4} {
		ctx, end := context.WithCancel(t.Context())
		o := &office{after: func(parts int) {
			if parts == 3 {
				end()
			}
		}}
		if jobs > 1 {
			o.after = func(int) { end() }
		}
		result, err := bulk.Run(ctx, o, csvOf(manyUsers(50)), bulk.Options{Rows: 7, Jobs: jobs, Continue: true})
		if !errors.Is(err, context.Canceled) || len(o.users) == 0 || len(o.users) == 50 {
			t.Fatalf("%v, %+v", err, result)
		}
		o.after = nil
		_, err = bulk.Run(t.Context(), o, csvOf(manyUsers(50)), bulk.Options{Rows: 7, Continue: true, After: result.Last})
		if len(o.users) != 50 || jobs == 1 && err != nil {
			t.Errorf("%d jobs, on after row %d: %v, %d users", jobs, result.Last, err, len(o.users))
		}
	}
}

func TestWhatIsReadOnce(t *testing.T) {
	o := &office{}
	if _, err := bulk.Run(t.Context(), o, bulk.Once(csvOf(manyUsers(5))), bulk.Options{Rows: 7}); err != nil || len(o.users) != 5 {
		t.Errorf("one part: %v", err)
	}
	if _, err := bulk.Run(t.Context(), o, bulk.Once(csvOf(manyUsers(9))), bulk.Options{Rows: 7}); err == nil || len(o.users) != 5 || !strings.Contains(err.Error(), "--continue") {
		t.Errorf("two parts: %v", err)
	}
}

// CSV comes as spreadsheets write it.
func TestCSV(t *testing.T) {
	for name, test := range map[string]struct {
		text    string
		windows bool
		want    string
	}{
		"commas":       {"userID,orgUnit\nann,\"Sales, EU\"\n", false, "ann|Sales, EU"},
		"semicolons":   {"orgUnit;userID\r\nSales;ann\r\n", false, "ann|Sales"},
		"tabs":         {"User ID\torg-unit\nann\tSales\n", false, "ann|Sales"},
		"BOM":          {"\ufeffuserID,orgUnit\nann,Büro\n", false, "ann|Büro"},
		"Windows-1252": {"userID,orgUnit\nann,B\xfcro\n", true, "ann|Büro"},
		"UTF-16":       {"\xff\xfeu\x00s\x00e\x00r\x00I\x00D\x00,\x00o\x00u\x00\n\x00a\x00,\x00\xfc\x00\n\x00", false, "a|ü"},
		"two lines":    {"userID,orgUnit\n\"ann\",\"Sa\nles\"\n", false, "ann|Sa\nles"},
		"spaces":       {"userID, orgUnit \n ann , Sales\n", false, "ann|Sales"},
		"not UTF-8":    {"userID,orgUnit\nann,B\xfcro\n", false, "its orgUnit is not UTF-8: is the file Windows-1252? Then say so with --windows-1252"},
		"open quote":   {"userID,orgUnit\nann,\"Sales\n", false, `a quote does not end: write "" for a quote within quotes`},
		"number":       {"userID,serialNumber,secret,digits\nann,VDS1000001,00,six\n", false, `digits is "six": give a number`},
		"no serial":    {"userID,secret\nann,00\n", false, "it has a secret and no serialNumber"},
	} {
		t.Run(name, func(t *testing.T) {
			source, err := bulk.CSV(strings.NewReader(test.text), bulk.Users, test.windows)
			if err != nil {
				t.Fatal(err)
			}
			row, err := source.Next()
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if row.Refused != nil {
				got = row.Refused.Error()
			} else {
				got = row.User.UserID + "|" + row.User.OrgUnit
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, text := range map[string]string{
		"empty": "", "twice": "userID,user\n", "no user": "email\n", "unknown": "userID,wage\n",
	} {
		if _, err := bulk.CSV(strings.NewReader(text), bulk.Users, false); !errors.Is(err, bulk.ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("userID,orgUnit\nann,\"Sales, EU\"\n", false)
	f.Add("serial;secret\nVDS1000001;00\n", true)
	f.Fuzz(func(t *testing.T, text string, windows bool) {
		source, err := bulk.CSV(strings.NewReader(text), bulk.Users, windows)
		if err != nil {
			return
		}
		var refused bytes.Buffer
		refusals := source.NewRefusals()
		for {
			row, err := source.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return
			}
			line, err := refusals.Refuse(row, "fuzz")
			if err != nil {
				t.Fatal(err)
			}
			refused.Write(line)
		}
		if refused.Len() == 0 {
			return
		}
		if _, err := bulk.CSV(&refused, bulk.Users, false); err != nil {
			t.Errorf("the file of refused rows cannot be read: %v", err)
		}
	})
}
