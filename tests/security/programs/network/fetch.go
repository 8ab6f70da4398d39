// Fetch each of the arguments with what the language has for it; one line each.
package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

func main() {
	client := http.Client{Timeout: 5 * time.Second}
	for _, url := range os.Args[1:] {
		response, err := client.Get(url)
		if err != nil {
			fmt.Printf("%s: %v\n", url, err)
		} else {
			fmt.Printf("%s: done %d\n", url, response.StatusCode)
		}
	}
}
