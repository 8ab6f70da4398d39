// Look up each of the arguments; one line each.
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	for _, name := range os.Args[1:] {
		if _, err := net.LookupHost(name); err != nil {
			fmt.Printf("%s: %v\n", name, err)
		} else {
			fmt.Printf("%s: done\n", name)
		}
	}
}
