// A program of 4 GiB.
package main

var bytes = [1 << 32]byte{1: 1}

func main() { println(bytes[1]) }
