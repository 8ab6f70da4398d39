# Change each of the files of the arguments in every way there is; one line each.
attempt() {
    what=$1; shift
    if told=$( ("$@") 2>&1); then told=done; fi
    echo "$what $path: ${told//$'\n'/ }"
}
write() { printf evil >> "$1"; }
empty() { : > "$1"; }
for path; do
    echo evil > own
    attempt append write "$path"
    attempt truncate empty "$path"
    attempt chmod chmod 777 "$path"
    attempt touch touch -c "$path"
    attempt copy cp --remove-destination own "$path"
    attempt move mv -f own "$path"
    attempt link ln -f own "$path"
    attempt symlink ln -sf /tmp/evil "$path"
    attempt dd dd if=/dev/zero of="$path" bs=1 count=1 conv=notrunc status=none
    attempt sed sed -i s/a/b/ "$path"
    attempt remove rm -f "$path"
done
