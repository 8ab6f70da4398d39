// Reach each of the arguments, such as tcp/127.0.0.1/80, and send a word; one line each.
package main

import (
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	for _, target := range os.Args[1:] {
		parts := strings.Split(target, "/")
		connection, err := net.DialTimeout(parts[0], net.JoinHostPort(parts[1], parts[2]), 5*time.Second)
		if err == nil {
			_, err = connection.Write([]byte("secret"))
			connection.Close()
		}
		told := "done"
		if err != nil {
			told = err.Error()
		}
		fmt.Printf("%s: %s\n", target, told)
	}
}
