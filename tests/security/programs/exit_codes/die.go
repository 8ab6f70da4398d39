// Die by the signal that the argument says.
package main

import (
	"os"
	"strconv"
	"syscall"
	"time"
)

func main() {
	number, _ := strconv.Atoi(os.Args[1])
	syscall.Kill(os.Getpid(), syscall.Signal(number))
	time.Sleep(2 * time.Second)
	os.Exit(42)
}
