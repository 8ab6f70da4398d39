# Have a child killed, and end with success.
echo begun
bash -c '[ "$(head -c "$1"M /dev/zero | tail | wc -c)" = $(($1 << 20)) ] && echo filled' child "$1"
exit 0
