// Ignore every signal that can be ignored, and stay.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	for number := 1; number < 65; number++ {
		signal.Ignore(syscall.Signal(number))
	}
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
	fmt.Println("deaf")
	time.Sleep(time.Hour)
}
