// Use a known amount of memory.
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
)

func main() {
	size, _ := strconv.Atoi(os.Args[2])
	kept := bytes.Repeat([]byte("x"), size<<20)
	fmt.Println("done")
	runtime.KeepAlive(kept)
}
