# A daemon that holds stdout open, writes into it later, and outlives everybody.
trap '' TERM HUP INT
( setsid bash -c 'trap "" TERM HUP INT; echo daemon; sleep 2; echo outlived; sleep 1000' & )
sleep 0.5
echo parent
