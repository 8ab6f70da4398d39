# Look up each of the arguments; one line each.
for name; do
    if getent hosts "$name" >/dev/null; then echo "$name: done"; else echo "$name: unknown"; fi
done
