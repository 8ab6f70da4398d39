# Die by the signal that the argument says.
kill -"$1" $$
exit 42
