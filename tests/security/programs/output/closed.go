// Close stdout, write to it all the same, and tell on stderr what came of it.
package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

func main() {
	syscall.Close(1)
	_, err := syscall.Write(1, []byte("lost\n"))
	if errors.Is(err, syscall.EBADF) {
		fmt.Fprintln(os.Stderr, "Bad file descriptor")
	} else {
		fmt.Fprintln(os.Stderr, "done", err)
	}
}
