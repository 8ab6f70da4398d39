// Say which interfaces and addresses there are.
package main

import (
	"fmt"
	"net"
)

func main() {
	interfaces, err := net.Interfaces()
	for _, found := range interfaces {
		fmt.Println("interface", found.Name, found.Flags)
		addresses, _ := found.Addrs()
		for _, address := range addresses {
			fmt.Println("address", address)
		}
	}
	if err != nil {
		fmt.Println("error", err)
	}
	fmt.Println("end")
}
