// Read each of the files, or list each of the folders, of the arguments; one line each.
package main

import (
	"fmt"
	"os"
)

func read(path string) error {
	if found, err := os.Stat(path); err == nil && found.IsDir() {
		_, err = os.ReadDir(path)
		return err
	}
	file, err := os.Open(path)
	if err == nil {
		file.Read(make([]byte, 1))
	}
	return err
}

func main() {
	for _, path := range os.Args[1:] {
		if err := read(path); err != nil {
			fmt.Printf("%s: %v\n", path, err)
		} else {
			fmt.Printf("%s: done\n", path)
		}
	}
}
