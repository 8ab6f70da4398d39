// Import what would have to be fetched first.
package main

import "github.com/google/uuid"

func main() {
	println(uuid.NewString())
}
