// Say whether the compiler executed owned.sh; then execute it, which shows that it works.
package main

//go:generate sh ./owned.sh
//go:generate -command owned sh ./owned.sh

import (
	"fmt"
	"os"
	"os/exec"
)

func look() {
	if _, err := os.Stat("owned"); err != nil {
		fmt.Println("no")
	} else {
		fmt.Println("done")
	}
}

func main() {
	look()
	exec.Command("sh", "./owned.sh").Run()
	look()
}
