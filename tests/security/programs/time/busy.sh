# Never end, and never sleep.
echo busy
while :; do :; done
