// Crash so that Go's runtime lets the signal have its way.
package main

import "runtime/debug"

func main() {
	debug.SetTraceback("crash")
	var nowhere *int
	*nowhere = 1
}
