// Make the calls that stdin names, a line each: name, number, arguments; P points to zeros. Say of each the errno.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

var zeros [4096]byte

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		number, _ := strconv.Atoi(fields[1])
		var words [6]uintptr
		for i, field := range fields[2:] {
			if field == "P" {
				words[i] = uintptr(unsafe.Pointer(&zeros))
			} else {
				word, _ := strconv.ParseUint(field, 16, 64)
				words[i] = uintptr(word)
			}
		}
		_, _, errno := syscall.Syscall6(uintptr(number), words[0], words[1], words[2], words[3], words[4], words[5])
		fmt.Println(fields[0], int(errno))
	}
}
