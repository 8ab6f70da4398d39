# Close stdin before anything else, try to read it, and go on.
exec <&-
read -r line 2>/dev/null && echo done || echo "Bad file descriptor"
