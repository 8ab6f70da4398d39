"""Listen on the port of the argument and on unix sockets, until there is an end; say who came."""
import os, select, socket, sys, time

port, name = int(sys.argv[1]), sys.argv[2]
ears = []
for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        ear = socket.socket(family, kind)
        if family == socket.AF_INET6:
            ear.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        ear.bind((host, port))
        ears.append(ear)
for address in ("\0" + name, "/tmp/" + name, "/dev/shm/" + name):
    ear = socket.socket(socket.AF_UNIX)
    ear.bind(address)
    ears.append(ear)
for ear in ears:
    if ear.type == socket.SOCK_STREAM:
        ear.listen()
for address in ("\0" + name, "/tmp/" + name, "/dev/shm/" + name):
    with socket.socket(socket.AF_UNIX) as own:
        own.connect(address)
print("heard oneself", sum(bool(ear.accept()) for ear in ears[4:]))
open("/box/ready", "w").close()
while not os.path.exists("/box/end"):
    time.sleep(0.02)
print("heard others", len(select.select(ears, [], [], 0.1)[0]))
