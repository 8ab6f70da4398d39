"""Look up each of the arguments; one line each."""
import socket, sys

for name in sys.argv[1:]:
    try:
        socket.getaddrinfo(name, 80)
        print(f"{name}: done")
    except OSError as error:
        print(f"{name}: {error.strerror}")
