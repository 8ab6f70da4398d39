# Close stdout, write to it all the same, and tell on stderr what came of it.
exec 1>&-
/bin/echo lost 2>/dev/null && echo done >&2 || echo "Bad file descriptor" >&2
