// Ask for more than there is anywhere.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("begun")
	kept := make([]byte, len(os.Args)<<46)
	fmt.Println(len(kept))
}
