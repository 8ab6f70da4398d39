# Fill so many MiB of the disk, in files that may be that large, and give them back.
source ./attempting.sh

attempt "fill the disk" bash -ec "for ((i = 0; i < $1; i += 32)); do fallocate -l 32M $2-\$i; done"
rm -f "$2"-*
