# Look for a way out: the host's loopback on a port.
source ./attempting.sh

attempt "TCP to the host's loopback" bash -c "echo x >/dev/tcp/127.0.0.1/$1"
attempt "UDP to the host's loopback" bash -c "echo x >/dev/udp/127.0.0.1/$1"
