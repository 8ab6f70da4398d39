// Goroutines on all processors, with all that they share; processes, sockets, files, timers, signals, collected memory.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func check(right bool) {
	if !right {
		panic("wrong")
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func goroutines() {
	runtime.GOMAXPROCS(runtime.NumCPU())
	var group sync.WaitGroup
	var count atomic.Int64
	var lock sync.Mutex
	total := 0
	for i := range 10_000 {
		group.Add(1)
		go func() {
			defer group.Done()
			count.Add(1)
			lock.Lock()
			total += i
			lock.Unlock()
			runtime.Gosched()
		}()
	}
	group.Wait()
	check(count.Load() == 10_000 && total == 49_995_000)
}

func channels() {
	jobs, results := make(chan int), make(chan int)
	for range 8 {
		go func() {
			for job := range jobs {
				results <- job * job
			}
		}()
	}
	go func() {
		for i := range 1000 {
			jobs <- i
		}
		close(jobs)
	}()
	sum := 0
	for range 1000 {
		sum += <-results
	}
	check(sum == 332_833_500)
	select {
	case <-results:
		check(false)
	case <-time.After(time.Millisecond):
	}
}

func threads() {
	var group sync.WaitGroup
	for range 30 {
		group.Add(1)
		go func() {
			defer group.Done()
			runtime.LockOSThread()
			time.Sleep(5 * time.Millisecond)
		}()
	}
	group.Wait()
}

func processes() {
	command := exec.Command("tr", "a-z", "A-Z")
	command.Stdin = strings.NewReader("abc")
	check(string(must(command.Output())) == "ABC")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	check(exec.CommandContext(ctx, "sleep", "10").Run() != nil)
	detached := exec.Command("true")
	detached.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	check(detached.Run() == nil)
}

func sockets() {
	listener := must(net.Listen("unix", "/tmp/socket"))
	go func() {
		connection := must(listener.Accept())
		connection.Write([]byte("hello"))
		connection.Close()
	}()
	buffer := make([]byte, 5)
	must(must(net.Dial("unix", "/tmp/socket")).Read(buffer))
	check(string(buffer) == "hello")
}

func signals() {
	arrived := make(chan os.Signal, 1)
	signal.Notify(arrived, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	check(<-arrived == syscall.SIGUSR1)
	check(<-time.NewTimer(time.Millisecond).C != time.Time{})
}

func memory() {
	for range 100 {
		_ = make([]byte, 1<<20)
	}
	runtime.GC()
	debug.FreeOSMemory()
	mapped := must(syscall.Mmap(-1, 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE))
	mapped[0] = 1
	check(syscall.Munmap(mapped) == nil)
}

func main() {
	for _, part := range []struct {
		name string
		run  func()
	}{{"goroutines", goroutines}, {"channels", channels}, {"threads", threads}, {"processes", processes},
		{"sockets", sockets}, {"signals", signals}, {"memory", memory}} {
		part.run()
		fmt.Println(part.name, "ok")
	}
}
