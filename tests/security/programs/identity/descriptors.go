// Where the descriptors lead that are open when a program begins.
package main

import (
	"fmt"
	"os"
)

func main() {
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, entry := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + entry.Name()); err == nil {
			fmt.Println(entry.Name(), target)
		}
	}
}
