// Take a little more again and again.
package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

func main() {
	fmt.Println("begun")
	var kept [][]byte
	for left, _ := strconv.Atoi(os.Args[1]); left > 0; left-- {
		kept = append(kept, bytes.Repeat([]byte("x"), 1<<20))
	}
	fmt.Println("filled", len(kept) > 0)
}
