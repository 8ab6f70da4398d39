// A function for each of infinitely many types.
package main

type Box[T any] struct{ Value T }

func nest[T any](n int, value T) int {
	if n == 0 {
		return 0
	}
	return nest(n-1, Box[T]{value})
}

func main() { println(nest(3, 1)) }
