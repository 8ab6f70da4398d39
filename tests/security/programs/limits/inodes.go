// Make empty folders until none can be made.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	for number := 0; ; number++ {
		if err := os.Mkdir(strconv.Itoa(number), 0o755); err != nil {
			fmt.Println("No space left on device", number)
			os.Exit(1)
		}
	}
}
