// Copy stdin to stdout, byte for byte; then ask for more, twice, and say how much there was.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	total, _ := io.Copy(os.Stdout, os.Stdin)
	if n, err := os.Stdin.Read(make([]byte, 1)); n == 0 && err == io.EOF {
		fmt.Fprintln(os.Stderr, total)
	}
}
