"""Say which interfaces and addresses there are."""
import fcntl, socket, struct

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    for line in open("/proc/net/dev").readlines()[2:]:
        name = line.partition(":")[0].strip()
        request = struct.pack("16s24x", name.encode())
        flags = struct.unpack_from("16xH", fcntl.ioctl(sock, 0x8913, request))[0]  # SIOCGIFFLAGS
        print("interface", name, "up" if flags & 1 else "down")
        try:
            answer = fcntl.ioctl(sock, 0x8915, request)  # SIOCGIFADDR
            print("address", socket.inet_ntoa(answer[20:24]))
        except OSError:
            pass
for line in open("/proc/net/if_inet6"):
    print("address", line)
print("end")
