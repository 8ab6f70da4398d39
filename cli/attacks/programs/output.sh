# Write so many MiB to stdout.
head -c "${1}M" /dev/zero
