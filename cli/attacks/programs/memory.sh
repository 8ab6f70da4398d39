# Take memory: "hog" so many MiB of the program's own, "keep" them in a file that outside outlives it.
source ./attempting.sh

if [ "$1" = hog ]; then
    piece=$(printf '%01048576d' 0)
    for ((i = 0; i < $2; i++)); do taken[i]=$piece; done
else
    head -c "${2}M" /dev/zero >"/dev/shm/$3"
    wait_for_a_look
fi
