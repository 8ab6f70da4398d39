// Never look at stdin.
package main

import "fmt"

func main() { fmt.Println("ended") }
