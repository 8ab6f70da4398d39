# Beside every script here: make an attempt and say in one line what became of it, by the kernel's name for it.

say() { printf '%s: %s\n' "$1" "$2"; }

attempt() { # NAME COMMAND…; nothing is said of what there is no command for
    local name=$1 said
    shift
    type "$1" >/dev/null || return 0
    if said=$( ("$@") 2>&1 >/dev/null); then say "$name" "done"; else say "$name" "$(name_of "$said")"; fi
}

name_of() {
    case $1 in
        *"Operation not permitted"*) echo EPERM ;;
        *"Permission denied"*) echo EACCES ;;
        *"No such file or directory"*) echo ENOENT ;;
        *"Network is unreachable"*) echo ENETUNREACH ;;
        *"No space left on device"*) echo ENOSPC ;;
        *"Resource temporarily unavailable"*) echo EAGAIN ;;
        *) echo "failed" ;;
    esac
}

wait_for_a_look() {
    echo ready
    while read -r _; do :; done # no command: there may be no more processes to be had
}
