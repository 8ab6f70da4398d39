// Recurse without end; Go's stacks grow.
package main

import "fmt"

func recurse(depth int) int {
	var frame [1000]int
	frame[depth%1000] = depth
	return recurse(depth+1) + frame[depth*7%1000]
}

func main() {
	fmt.Println("begun")
	recurse(0)
}
