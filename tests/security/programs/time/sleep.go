// Sleep: Go would tell of a deadlock, were it not for the timer.
package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println("asleep")
	go time.Sleep(time.Hour)
	<-make(chan int, 1)
}
