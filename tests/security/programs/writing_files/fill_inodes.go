// Make as many empty files as there is room for, at most a million; say how many; end with the code of the second.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	number := 0
	for ; number < 1000000; number++ {
		file, err := os.Create(strconv.Itoa(number))
		if err != nil {
			fmt.Println(err)
			break
		}
		file.Close()
	}
	fmt.Println("number", number)
	code, _ := strconv.Atoi(os.Args[2])
	os.Exit(code)
}
