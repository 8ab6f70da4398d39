// Have a child killed, and end with success.
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	fmt.Println("begun")
	child := exec.Command("bash", "-c", `[ $(head -c "$0"M /dev/zero | tail | wc -c) = $(($0 << 20)) ] && echo filled`, os.Args[1])
	child.Stdout = os.Stdout
	child.Run()
	os.Exit(0)
}
