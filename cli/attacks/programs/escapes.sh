# Ask for what would lead out, as far as a shell and its tools can. Outside of a jail nothing of it lasts.
source ./attempting.sh

disk() {
    mknod disk b 7 0 && rm disk
}

attempt chroot /usr/sbin/chroot / true
attempt "unshare a user namespace" unshare --user true
attempt "unshare a mount namespace" unshare --mount --propagation unchanged true
attempt "unshare a network namespace" unshare --net true
attempt "make a disk" disk
attempt "namespace of PID 1" bash -c ': </proc/1/ns/mnt'
attempt "open /dev/mem" bash -c ': </dev/mem'
attempt "open /dev/kmsg" bash -c ': </dev/kmsg'
attempt "open core_pattern" bash -c ': >>/proc/sys/kernel/core_pattern'
attempt "open overcommit_memory" bash -c ': >>/proc/sys/vm/overcommit_memory'
some=none
while read -r name value; do
    case $name in
        Cap*) ((16#$value == 0)) || some=some ;;
        NoNewPrivs:) [ "$value" = 1 ] && no_new_privs=on || no_new_privs=off ;;
        Seccomp:) [ "$value" = 2 ] && filter=on || filter=none ;;
    esac
done </proc/self/status
say capabilities "$some"
say no_new_privs "$no_new_privs"
say "system call filter" "$filter"
