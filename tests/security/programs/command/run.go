// Run the arguments as a command.
package main

import (
	"os"
	"os/exec"
)

func main() {
	command := exec.Command(os.Args[1], os.Args[2:]...)
	command.Stdin, command.Stdout = os.Stdin, os.Stdout
	command.Run()
}
