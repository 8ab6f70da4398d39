# Make processes: a "bomb" of so many at the most, or a "daemon" that leaves its session and stays.
source ./attempting.sh

if [ "$1" = bomb ]; then
    mkfifo gate said
    exec 9<>gate 8<>said # until the first of them is gone, nobody gets a line of the gate's
    # Of its own: bash tries again for many seconds, and says so.
    (for ((i = 0; i < $2; i++)); do read -r _ <&9 & done && echo "done" >&2) 2>&8 &
    read -r outcome <&8
    case $outcome in *"Resource temporarily unavailable"*) outcome=EAGAIN ;; esac
    say "fork bomb" "$outcome"
    wait_for_a_look
else
    mkfifo up
    setsid bash -c 'echo >up; exec 0<&- 1>&- 2>&-; while :; do sleep 60; done' "$0" "$@" &
    read -r _ <up
    wait_for_a_look
fi
