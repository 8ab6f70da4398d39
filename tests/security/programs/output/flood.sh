# Write numbered lines of 16 bytes to a stream: as many bytes as the second argument says (0: for ever).
trap '' PIPE
lines() {
  number=0
  while :; do
    printf '%015d\n' $(seq $number $((number + 999)) | sed 's/^0*\(.\)/\1/')
    number=$((number + 1000))
  done
}
if [ "$2" != 0 ]; then
  emit() { printf '%015d\n' $(seq 0 $(($2 / 16))) | head -c "$2"; }
else
  emit() { lines; }
fi
case $1 in
  stdout) emit "$@" ;;
  stderr) emit "$@" >&2 ;;
  both) emit "$@" >&2 & emit "$@"; wait ;;
esac
