# Do not end.
while :; do :; done
