// Connect to the unix sockets of the arguments (@: abstract), in every type; one line each.
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	for _, name := range os.Args[1:] {
		for _, kind := range []string{"unix", "unixgram", "unixpacket"} {
			if _, err := net.Dial(kind, name); err != nil {
				fmt.Printf("%s %s: %v\n", name, kind, err)
			} else {
				fmt.Printf("%s %s: done\n", name, kind)
			}
		}
	}
}
