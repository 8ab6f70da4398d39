# What the image's own tools have of it; say of each whether it was done.
mkdir -p /tmp/cell/a
attempt() {
    name=$1; shift
    if "$@" >/dev/null 2>&1 </dev/null; then echo "$name 0"; else echo "$name 1"; fi
}
attempt mount mount -t tmpfs tmpfs /tmp/cell
attempt mount_bind mount --bind /usr /tmp/cell
attempt remount mount -o remount,rw /proc
attempt umount umount -l /dev/shm
attempt unshare_user unshare --user --map-root-user true
attempt unshare_mount unshare --mount true
attempt unshare_pid unshare --pid --fork true
attempt nsenter nsenter --target 1 --mount --net true
attempt chroot chroot / true
attempt pivot_root pivot_root /tmp/cell /tmp/cell/a
attempt setarch_i386 setarch i386 true
attempt setarch_no_randomize setarch -R true
attempt hostname hostname evil
attempt dmesg dmesg
attempt mknod mknod /tmp/null c 1 3
attempt true true
