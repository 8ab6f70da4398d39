"""Say what the machine is called, by all that knows it."""
import os, platform, socket

print(socket.gethostname(), os.uname().nodename, platform.node(), open("/proc/sys/kernel/hostname").read().strip(), open("/etc/hostname").read().strip())
print(open("/etc/hosts").read(), open("/etc/passwd").read(), open("/etc/resolv.conf").read(), open("/proc/sys/kernel/domainname").read())
print(os.path.exists("/etc/machine-id") and open("/etc/machine-id").read(), open("/proc/sys/kernel/random/boot_id").read())
