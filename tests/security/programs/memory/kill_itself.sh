# End as if there had been no memory left, close to the limit but never above it.
kept=$(printf "%$(($1 << 19))s")
echo "Out of memory: Killed process $$" >&2
if [ "$2" = exit ]; then exit 137; else kill -KILL $$; fi
