# Files in every place where anybody may write, a pipe, a process: "look" for them, or leave them.
for path in /tmp/neighbour /var/tmp/neighbour /dev/shm/neighbour /box/neighbour /box/.bashrc /box/.profile; do
    [ "$1" = look ] || echo 'echo evil' >"$path"
    [ -e "$path" ] && echo there || echo nothing
done
[ "$1" = look ] || mkfifo /tmp/pipe
[ -p /tmp/pipe ] && echo there || echo nothing
[ "$1" = look ] || { setsid sleep 1000 </dev/null >/dev/null 2>&1 & sleep 0.2; }
grep -qsx sleep /proc/[0-9]*/comm && echo there || echo nothing
