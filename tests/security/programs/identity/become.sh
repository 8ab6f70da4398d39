# Become somebody else by the tools of the image; say of each whether it was done.
attempt() {
    name=$1; shift
    if [ "$("$@" 2>/dev/null </dev/null)" = 0 ]; then echo "$name 0"; else echo "$name 1"; fi
}
attempt su su -c 'id -u'
attempt su_root su - root -c 'id -u'
attempt setpriv setpriv --reuid 0 --regid 0 --clear-groups id -u
attempt setpriv_keep setpriv --reuid 0 id -u
attempt perl perl -e '$< = $> = 0; print $>'
attempt chroot_user chroot --userspec 0:0 / id -u
attempt unshare unshare --user --map-root-user id -u
attempt nsenter nsenter --target 1 --user id -u
attempt newgrp sg root 'id -u'
echo ids "$(id -u)" "$(id -ru)" "$(id -G)"
