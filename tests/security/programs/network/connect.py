"""Reach each of the arguments, such as tcp/127.0.0.1/80, and send a word; one line each."""
import socket, sys

for target in sys.argv[1:]:
    kind, host, port = target.split("/")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as sock:
            sock.settimeout(5)
            sock.connect((host, int(port)))
            sock.sendall(b"secret")
        print(f"{target}: done")
    except OSError as error:
        print(f"{target}: {error.strerror or error}")
