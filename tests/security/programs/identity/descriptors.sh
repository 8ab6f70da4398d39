# Where the descriptors lead that are open when a program begins.
for fd in /proc/$$/fd/*; do echo "${fd##*/} $(readlink "$fd")"; done
