// Package measure is what the Go programs of the benchmarks share: arguments, clocks, and one JSON line a repeat.
package measure

import (
	"fmt"
	"net"
	"os"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// PROGRAM WORKLOAD VARIANT COUNT REPEATS [SIZE [PORT [PROTOCOL]]]: README.md says what each one means.
var (
	Workload = text(1)
	Variant  = text(2)
	Count    = number(3, 100000)
	Repeats  = number(4, 1)
	Size     = number(5, 0)
)

func text(index int) string {
	if len(os.Args) > index {
		return os.Args[index]
	}
	return ""
}

func number(index, otherwise int) int {
	value, err := strconv.Atoi(text(index))
	if err != nil {
		return otherwise
	}
	return value
}

// NotOffered ends the process with the status that says: this workload, or this variant, is not offered.
func NotOffered() { os.Exit(2) }

// Check ends the process when there is an error.
func Check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Sample is one repeat.
type Sample struct {
	Begin, End   time.Time
	user, system float64
	idleKb       int
}

func status(name string) int {
	content, err := os.ReadFile("/proc/self/status")
	Check(err)
	for _, line := range strings.Split(string(content), "\n") {
		if strings.HasPrefix(line, name) {
			value, err := strconv.Atoi(strings.Fields(line)[1])
			Check(err)
			return value
		}
	}
	return 0
}

func cpu() (user, system float64) {
	var usage syscall.Rusage
	Check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime), seconds(usage.Stime)
}

// Start begins a repeat. The peak of memory is counted from here.
func Start() *Sample {
	Check(os.WriteFile("/proc/self/clear_refs", []byte("5"), 0))
	sample := &Sample{idleKb: status("VmRSS:")}
	sample.user, sample.system = cpu()
	sample.Begin = time.Now()
	return sample
}

// Stop ends a repeat.
func (sample *Sample) Stop() {
	sample.End = time.Now()
	user, system := cpu()
	sample.user, sample.system = user-sample.user, system-sample.system
}

// Print writes the line. extra is empty, or further members like `,"added":1`.
func (sample *Sample) Print(count int, latencies []int, extra string) {
	if len(latencies) > 0 {
		sort.Ints(latencies)
		extra += fmt.Sprintf(`,"p50":%d,"p99":%d`, latencies[count/2], latencies[count*99/100])
	}
	fmt.Printf(`{"count":%d,"seconds":%.6f,"user":%.4f,"system":%.4f,"idleKb":%d,"peakKb":%d%s}`+"\n",
		count, sample.End.Sub(sample.Begin).Seconds(), sample.user, sample.system, sample.idleKb, status("VmHWM:"), extra)
}

// Rounds calls round once to warm up, unreported, and then for each repeat.
func Rounds(round func(count int) (*Sample, []int)) {
	round(Count / 10)
	for repeat := 0; repeat < Repeats; repeat++ {
		sample, latencies := round(Count)
		sample.Print(Count, latencies, "")
	}
}

// Each measures Count calls, one after the other.
func Each(call func()) {
	Rounds(func(count int) (*Sample, []int) {
		latencies := make([]int, count)
		sample := Start()
		before := sample.Begin
		for index := range latencies {
			call()
			now := time.Now()
			latencies[index] = int(now.Sub(before))
			before = now
		}
		sample.Stop()
		return sample, latencies
	})
}

// Dump measures a listing, Repeats times.
func Dump(list func() int) {
	for repeat := 0; repeat < Repeats; repeat++ {
		sample := Start()
		count := list()
		sample.Stop()
		sample.Print(count, nil, "")
	}
}

// Routes measures routes being added, then deleted, batch at a time.
func Routes(batch int, change func(from, to int, remove bool)) {
	for repeat := 0; repeat < Repeats; repeat++ {
		for _, step := range []string{"add", "del"} {
			sample := Start()
			for from := 0; from < Count; from += batch {
				to := from + batch
				if to > Count {
					to = Count
				}
				change(from, to, step == "del")
			}
			sample.Stop()
			sample.Print(Count, nil, `,"step":"`+step+`"`)
		}
	}
}

// Events counts what a listener hears.
type Events struct {
	sample                   *Sample
	added, deleted, Overruns int
	first, last              time.Time
}

// Listen says that the listener is ready and begins to measure.
func Listen() *Events {
	fmt.Println("READY")
	return &Events{sample: Start()}
}

// Take counts an event. It returns false when the event is the one that says stop.
func (events *Events) Take(destination net.IP, added bool) bool {
	if destination.Equal(net.IP{203, 0, 113, 0}) {
		return false
	}
	events.last = time.Now()
	if events.first.IsZero() {
		events.first = events.last
	}
	if added {
		events.added++
	} else {
		events.deleted++
	}
	return true
}

// Print ends the measurement.
func (events *Events) Print() {
	events.sample.Stop()
	events.sample.Begin, events.sample.End = events.first, events.last
	events.sample.Print(events.added+events.deleted, nil,
		fmt.Sprintf(`,"added":%d,"deleted":%d,"overruns":%d`, events.added, events.deleted, events.Overruns))
}

// FirstReply tells the stopwatch that a fresh process has its first reply.
func FirstReply() { os.Stdout.WriteString("x") }

// RouteLink is the link of the routes, which are 16.0.0.0/24 upward by way of 10.255.0.2 to .65.
const RouteLink = "v0"

func RouteDestination(index int) net.IP {
	address := uint32(0x10000000 + index<<8)
	return net.IP{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}
}
func RouteGateway(index int) net.IP { return net.IP{10, 255, 0, byte(2 + index&63)} }
func RoutePriority(index int) int   { return 100 + index%7 }
