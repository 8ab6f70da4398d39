// List what processes there are, and look into the first; one line each.
package main

import (
	"fmt"
	"os"
)

func main() {
	for _, name := range []string{"environ", "root", "mem", "maps", "fd", "cwd", "exe", "status", "cmdline", ""} {
		path := "/proc/" + os.Args[1] + "/" + name
		if _, err := os.Open(path); err != nil {
			fmt.Printf("%s: %v\n", path, err)
		} else {
			fmt.Printf("%s: done\n", path)
		}
	}
}
