# Fill the disk with small blocks.
n=0
while head -c 33554432 /dev/zero >>"part$n"; do n=$((n + 1)); done
exit 1
