// Write into one file of the folder in the argument until it is refused; say how much; end with the code of the second.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

func main() {
	signal.Ignore(syscall.SIGXFSZ)
	file, _ := os.Create(os.Args[1] + "/large")
	block, size := make([]byte, 65536), 0
	for {
		written, err := file.Write(block)
		size += written
		if err != nil {
			fmt.Println(err)
			break
		}
	}
	fmt.Println("size", size)
	if len(os.Args) > 2 {
		code, _ := strconv.Atoi(os.Args[2])
		os.Exit(code)
	}
}
