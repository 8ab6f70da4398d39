"""Sockets that see or make packets of any kind, with what the language has for it."""
import socket

for name, arguments in {
    "raw": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
    "raw icmp": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    "raw IPv6": (socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW),
    "packet": (socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)),
    "netlink": (socket.AF_NETLINK, socket.SOCK_RAW, 0),
}.items():
    try:
        socket.socket(*arguments)
        print(f"{name}: done")
    except OSError as error:
        print(f"{name}: {error.strerror}")
