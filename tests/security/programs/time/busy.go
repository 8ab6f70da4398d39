// Never end, in every thread that Go will have.
package main

import "fmt"

func main() {
	fmt.Println("busy")
	for number := 0; number < 8; number++ {
		go func() {
			for {
			}
		}()
	}
	for {
	}
}
