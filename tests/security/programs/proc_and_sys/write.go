// Open each of the files of the arguments after the first for writing, and unless that is "open" write to it; one line each.
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	for _, path := range os.Args[2:] {
		fd, err := syscall.Open(path, syscall.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil && os.Args[1] == "write" {
			_, err = syscall.Write(fd, []byte("1\n"))
		}
		syscall.Close(fd)
		if err != nil {
			fmt.Printf("%s: %v\n", path, err)
		} else {
			fmt.Printf("%s: done\n", path)
		}
	}
}
