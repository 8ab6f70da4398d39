// Reads records from standard input, reports on each, then tries what a program may want of its surroundings.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

var out = bufio.NewWriter(os.Stdout)

func say(format string, arguments ...any) {
	fmt.Fprintf(out, format+"\n", arguments...)
}

type record struct {
	ID   int      `json:"id"`
	Name string   `json:"name"`
	Tags []string `json:"tags"`
	Flag *bool    `json:"flag,omitempty"`
	Pos  struct{ X, Y int }
}

type report struct {
	cache   *lru[string, int]
	roads   graph
	scripts map[string]int
	unknown []int
}

func (r *report) text(rest string) (string, error) {
	marks := 0
	for _, point := range rest {
		for _, name := range []string{"Latin", "Greek", "Han", "Hangul", "Arabic", "Devanagari", "Thai"} {
			if unicode.Is(unicode.Scripts[name], point) {
				r.scripts[name]++
			}
		}
		if unicode.Is(unicode.M, point) {
			marks++
		}
	}
	words := strings.Fields(rest)
	return fmt.Sprintf("%dB %dcp %du %dm %dw %s", len(rest), utf8.RuneCountInString(rest),
		len(utf16.Encode([]rune(rest))), marks, len(words), strings.ToTitle(words[len(words)-1])), nil
}

func (r *report) json(rest string) (string, error) {
	var value record
	if err := json.Unmarshal([]byte(rest), &value); err != nil {
		return "", err
	}
	again, err := json.Marshal(value)
	digest := sha256.Sum256(again)
	return fmt.Sprintf("%d %x %+v", value.ID, digest[:6], value.Pos), err
}

func (r *report) put(rest string) (string, error) {
	var key string
	var value int
	if _, err := fmt.Sscan(rest, &key, &value); err != nil {
		return "", err
	}
	if evicted := r.cache.put(key, value); evicted != nil {
		return fmt.Sprintf("for %+v", *evicted), nil
	}
	return "kept", nil
}

func (r *report) get(rest string) (string, error) {
	value, found := r.cache.get(rest)
	return fmt.Sprint(value, found), nil
}

func (r *report) edge(rest string) (string, error) {
	var a, b string
	var length int
	_, err := fmt.Sscanf(rest, "%s %s %d", &a, &b, &length)
	r.roads.add(a, b, length)
	return fmt.Sprintf("%q", []string{a, b}), err
}

func (r *report) line(number int, line string) {
	handlers := map[string]func(string) (string, error){
		"text": r.text, "expr": calculate, "put": r.put, "get": r.get, "edge": r.edge, "json": r.json,
	}
	kind, rest, _ := strings.Cut(line, " ")
	handler, known := handlers[kind]
	if !known {
		r.unknown = append(r.unknown, number)
		say("%d unknown %+q", number, line)
		return
	}
	answer, err := handler(rest)
	var syntax *syntaxError
	switch {
	case errors.As(err, &syntax):
		say("%d %s syntax at %d: %v", number, kind, syntax.column, err)
	case errors.Is(err, errZero):
		say("%d %s zero", number, kind)
	case err != nil:
		say("%d %s fails: %v", number, kind, err)
	default:
		say("%d %s %s", number, kind, answer)
	}
}

// countWords sends the lines to workers and gathers their maps under a lock.
func countWords(lines []string, workers int) map[string]int {
	chunks := make(chan []string)
	counts := map[string]int{}
	var lock sync.Mutex
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			mine := map[string]int{}
			for chunk := range chunks {
				for _, line := range chunk {
					for _, word := range strings.FieldsFunc(line, func(r rune) bool { return !unicode.IsLetter(r) }) {
						mine[strings.ToLower(word)]++
					}
				}
			}
			lock.Lock()
			defer lock.Unlock()
			for word, count := range mine {
				counts[word] += count
			}
		})
	}
	for start := 0; start < len(lines); start += 1000 {
		chunks <- lines[start:min(start+1000, len(lines))]
	}
	close(chunks)
	group.Wait()
	return counts
}

// sieve is a chain of goroutines, a filter for each prime.
func sieve(count int) (primes []int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	send := func(to chan<- int, number int) bool {
		select {
		case to <- number:
			return true
		case <-ctx.Done():
			return false
		}
	}
	source := make(chan int)
	go func(to chan<- int) {
		for number := 2; send(to, number); number++ {
		}
	}(source)
	for len(primes) < count {
		prime := <-source
		primes = append(primes, prime)
		from, to := source, make(chan int)
		go func() {
			for number := range from {
				if number%prime != 0 && !send(to, number) {
					return
				}
			}
		}()
		source = to
	}
	return primes
}

func turns() string {
	var lock sync.Mutex
	var once sync.Once
	var laps atomic.Int64
	changed := sync.NewCond(&lock)
	turn, trail := 0, strings.Builder{}
	var group sync.WaitGroup
	for me := range 4 {
		group.Go(func() {
			for range 5 {
				lock.Lock()
				for turn%4 != me {
					changed.Wait()
				}
				fmt.Fprintf(&trail, "%c", 'a'+me)
				turn++
				changed.Broadcast()
				lock.Unlock()
				laps.Add(1)
				once.Do(func() { runtime.Gosched() })
			}
		})
	}
	group.Wait()
	return fmt.Sprint(trail.String(), laps.Load())
}

func timeouts() string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	select {
	case <-ctx.Done():
		return ctx.Err().Error()
	case <-time.After(time.Minute):
		return "never"
	}
}

func ending(err error) string {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Sprint(err)
	}
	if status := exit.Sys().(syscall.WaitStatus); status.Signaled() {
		return "signal " + status.Signal().String()
	}
	return fmt.Sprint("left with ", exit.ExitCode())
}

func runChildren(lines []string) {
	sleeper := exec.Command("sleep", "60")
	say("start %v", sleeper.Start())
	sleeper.Process.Signal(syscall.SIGTERM)
	say("sleeper: %s", ending(sleeper.Wait()))

	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	say("late: %s", ending(exec.CommandContext(ctx, "sleep", "60").Run()))

	sorted := exec.Command("sort", "-s", "-k1,1")
	sorted.Env = append(os.Environ(), "LC_ALL=C")
	sorted.Stdin = strings.NewReader(strings.Join(lines, "\n"))
	output, err := sorted.Output()
	say("sorted %x %v", sha256.Sum256(output), err)

	self, _ := os.Executable()
	for _, mode := range []string{"child", "panic"} {
		output, err := exec.Command(self, "--mode", mode, "ünïcode").CombinedOutput()
		first, _, _ := bytes.Cut(output, []byte("\n"))
		say("%s: %s, %s", mode, first, ending(err))
	}
	say("shell: %s", ending(exec.Command("sh", "-c", "echo out; exit 42").Run()))
	say("missing: %v", errors.Is(exec.Command("/no/such/program").Run(), fs.ErrNotExist))
}

func catchSignal() string {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	defer signal.Stop(signals)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	return (<-signals).String()
}

func compress(text string) string {
	reader, writer := io.Pipe()
	go func() {
		zipped := gzip.NewWriter(writer)
		io.WriteString(zipped, text)
		writer.CloseWithError(zipped.Close())
	}()
	unzipped, err := gzip.NewReader(reader)
	if err != nil {
		return err.Error()
	}
	hash := sha256.New()
	size, err := io.Copy(hash, unzipped)
	return fmt.Sprintf("%d %x %v", size, hash.Sum(nil)[:8], err)
}

func workWithFiles() (names []string, err error) {
	folder, err := os.MkdirTemp("", "report-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	first, moved := filepath.Join(folder, "naïve 日本"), filepath.Join(folder, "deep", "er", "moved")
	err = errors.Join(
		os.WriteFile(first, []byte("one\ntwo\nthree\n"), 0o640),
		os.Symlink("naïve 日本", filepath.Join(folder, "link")),
		os.MkdirAll(filepath.Dir(moved), 0o755),
	)
	file, openErr := os.OpenFile(first, os.O_RDWR, 0)
	if err = errors.Join(err, openErr); err != nil {
		return nil, err
	}
	file.WriteAt([]byte("TWO"), 4)
	file.Seek(-6, io.SeekEnd)
	tail, _ := io.ReadAll(file)
	err = errors.Join(file.Truncate(1<<20), file.Close(), os.Rename(first, moved))
	_, dangling := os.Stat(filepath.Join(folder, "link"))
	names = append(names, fmt.Sprintf("%q dangling %v", tail, errors.Is(dangling, fs.ErrNotExist)))
	walk := fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		if info, infoErr := entry.Info(); infoErr == nil && !entry.IsDir() {
			names = append(names, fmt.Sprintf("%s %v %d", path, info.Mode(), info.Size()))
		}
		return err
	})
	return names, errors.Join(err, walk)
}

func failures() (names []string) {
	var nothing *report
	var anything any = 7
	list, zero := []int{1, 2, 3}, 0
	for _, attempt := range []func(){
		func() { _ = nothing.unknown },
		func() { _ = list[len(list)+zero] },
		func() { _ = 1 / zero },
		func() { _ = anything.(string) },
		func() { var unmade map[string]int; unmade["a"] = 1 },
		func() { close((chan int)(nil)) },
		func() { panic(fmt.Sprintf("%08b", 'é')) },
	} {
		func() {
			defer func() { names = append(names, fmt.Sprint(recover())) }()
			attempt()
		}()
	}
	return names
}

func surroundings() {
	home, _ := os.Stat(os.Getenv("HOME"))
	here, _ := os.Stat(".")
	say("%q greeting %s at home %v", flag.Args(), os.Getenv("GREETING"), os.SameFile(home, here))
	say("2^1000 = %v", new(big.Int).Lsh(big.NewInt(1), 1000))
}

func main() {
	mode := flag.String("mode", "report", "what to do")
	workers := flag.Int("workers", 2, "goroutines that count")
	flag.Parse()
	switch *mode {
	case "child":
		fmt.Println("child got", []rune(flag.Arg(0)))
		os.Exit(5)
	case "panic":
		panic(flag.Arg(0))
	}
	surroundings()
	input, _ := io.ReadAll(os.Stdin)
	lines := strings.Split(string(input), "\n")
	r := &report{cache: newLru[string, int](20), roads: graph{}, scripts: map[string]int{}}
	for index, line := range lines {
		r.line(index+1, line)
	}
	say("%v %v", r.scripts, r.roads.shortest("n0"))
	for word, count := range byCount(countWords(lines, *workers)) {
		if count < 1500 {
			break
		}
		say("%s %d", word, count)
	}
	say("%v %s %s", sieve(60), turns(), timeouts())
	runChildren(lines)
	say("%s %s", catchSignal(), compress(string(input)))
	names, err := workWithFiles()
	say("%q %v", names, err)
	say("%q", failures())
	out.Flush()
	fmt.Fprintln(os.Stderr, len(r.unknown), "lines were not understood, the first are", r.unknown[:4])
	os.Exit(7)
}
