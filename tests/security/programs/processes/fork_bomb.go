// Spawn children that stay, as many as the argument says (0: for ever); say how many there were.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

func main() {
	wanted, _ := strconv.Atoi(os.Args[1])
	children := 0
	for wanted == 0 || children < wanted {
		err := exec.Command("sleep", "1000").Start()
		if err == nil {
			children++
		} else if wanted > 0 {
			if errors.Is(err, syscall.EAGAIN) {
				fmt.Println("Resource temporarily unavailable")
			} else {
				fmt.Println(err)
			}
			break
		}
	}
	fmt.Println("children", children)
}
