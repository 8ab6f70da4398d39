// Sockets that see or make packets of any kind, with what the language has for it.
package main

import (
	"fmt"
	"net"
	"syscall"
)

func tell(name string, err error) {
	if err != nil {
		fmt.Printf("%s: %v\n", name, err)
	} else {
		fmt.Printf("%s: done\n", name)
	}
}

func main() {
	_, err := net.ListenPacket("ip4:icmp", "0.0.0.0")
	tell("raw icmp", err)
	_, err = net.ListenPacket("ip6:255", "::")
	tell("raw IPv6", err)
	_, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_RAW, syscall.IPPROTO_RAW)
	tell("raw", err)
	_, err = syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, 0x300)
	tell("packet", err)
	_, err = syscall.NetlinkRIB(syscall.RTM_GETLINK, syscall.AF_UNSPEC)
	tell("netlink", err)
}
