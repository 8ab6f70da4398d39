"""Connect to the unix sockets of the arguments (@: abstract), in every type; one line each."""
import socket, sys

for name in sys.argv[1:]:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        try:
            with socket.socket(socket.AF_UNIX, kind) as sock:
                sock.connect("\0" + name[1:] if name.startswith("@") else name)
            print(f"{name} {kind.name}: done")
        except OSError as error:
            print(f"{name} {kind.name}: {error.strerror}")
