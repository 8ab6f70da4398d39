# Sleep, deaf to what asks for an end.
trap '' TERM INT HUP QUIT ALRM
echo asleep
sleep 1000 &
while :; do wait; done
