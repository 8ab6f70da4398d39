// Take all of it at once.
package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

func main() {
	fmt.Println("begun")
	size, _ := strconv.Atoi(os.Args[1])
	kept := bytes.Repeat([]byte("x"), size<<20)
	fmt.Println("filled", len(kept) > 0)
}
