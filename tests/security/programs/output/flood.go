// Write numbered lines of 16 bytes to a stream: as many bytes as the second argument says (0: for ever).
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	size, _ := strconv.Atoi(os.Args[2])
	streams := map[string][]*os.File{"stdout": {os.Stdout}, "stderr": {os.Stderr}, "both": {os.Stdout, os.Stderr}}
	for number := 0; size == 0 || number*16 < size; number += 1000 {
		block := []byte{}
		for n := number; n < number+1000; n++ {
			block = fmt.Appendf(block, "%015d\n", n)
		}
		if size > 0 {
			block = block[:min(len(block), size-number*16)]
		}
		for _, stream := range streams[os.Args[1]] {
			stream.Write(block)
		}
	}
}
