# Read a secret of the host by every path there is, change what the system is made of, leave marks behind.
source ./attempting.sh

secret=$1 mark=$2
needle=runjail-
needle+=secret- # in two, so that it is not found in here

seek() { # NAME PATHS…
    local name=$1
    shift
    if grep -qs "$needle" "$@"; then say "$name" read; else say "$name" "not found"; fi
}

attempt "secret by its path" grep -q "$needle" "$secret"
attempt "secret by ../" grep -q "$needle" "../../../../../../../../../../../..$secret"
attempt "secret by /proc/self/root" grep -q "$needle" "/proc/self/root$secret"
attempt "secret by /proc/1/root" grep -q "$needle" "/proc/1/root$secret"
roots=(/proc/[0-9]*/root)
seek "secret by any process" "${roots[@]/%/$secret}"
seek "secret in an environment" /proc/[0-9]*/environ
attempt "write to a system file" bash -c ': >>/etc/passwd'
attempt "change a system file's mode" chmod 644 /etc/passwd
for folder in . /tmp /var/tmp /dev/shm; do echo "$mark" >"$folder/$mark"; done
say marks left
