// Files in every place where anybody may write, and a daemon that listens: "look" for them, or leave them.
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func tell(err error) {
	if err != nil {
		fmt.Println("nothing")
	} else {
		fmt.Println("there")
	}
}

func main() {
	paths := []string{"/tmp/neighbour", "/var/tmp/neighbour", "/dev/shm/neighbour", "/box/neighbour"}
	switch os.Args[1] {
	case "listen":
		net.Listen("unix", "@neighbour")
		time.Sleep(time.Hour)
	case "leave":
		for _, path := range paths {
			tell(os.WriteFile(path, nil, 0o666))
		}
		daemon := exec.Command(os.Args[0], "listen")
		daemon.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		daemon.Start()
		var err error
		for range 1000 {
			if _, err = net.Dial("unix", "@neighbour"); err == nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
		tell(err)
	case "look":
		for _, path := range paths {
			_, err := os.Stat(path)
			tell(err)
		}
		_, err := net.Dial("unix", "@neighbour")
		tell(err)
	}
}
