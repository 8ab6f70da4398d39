"""Look for a way out: interfaces, the host's loopback on a port, an abstract unix socket, sockets of other kinds."""
import fcntl, socket, struct, sys
from attempting import attempt, say

port, name = int(sys.argv[1]), sys.argv[2]


def send(family, kind, address):
    with socket.socket(family, kind) as sock:
        sock.settimeout(2)
        sock.connect(address)
        sock.send(b"x")


def make(*arguments):
    socket.socket(*arguments).close()


up = []
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    for line in open("/proc/self/net/dev").readlines()[2:]:
        interface = line.partition(":")[0].strip()
        request = struct.pack("16s24x", interface.encode())
        if struct.unpack_from("16xH", fcntl.ioctl(sock, 0x8913, request))[0] & 1:  # SIOCGIFFLAGS, IFF_UP
            up.append(interface)
say("interfaces that are up", ", ".join(up) or "none")
attempt("TCP to the host's loopback", lambda: send(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", port)))
attempt("UDP to the host's loopback", lambda: send(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", port)))
attempt("abstract unix socket", lambda: send(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + name))
attempt("raw socket", lambda: make(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
attempt("packet socket", lambda: make(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)))
attempt("netlink socket", lambda: make(socket.AF_NETLINK, socket.SOCK_RAW, 0))
attempt("vsock socket", lambda: make(socket.AF_VSOCK, socket.SOCK_STREAM, 0))
attempt("crypto socket (AF_ALG)", lambda: make(socket.AF_ALG, socket.SOCK_SEQPACKET, 0))
