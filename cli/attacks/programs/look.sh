# Look for the marks that an earlier program has left.
source ./attempting.sh

found=
for folder in . /tmp /var/tmp /dev/shm; do
    [ ! -e "$folder/$1" ] || found+="${found:+, }$folder"
done
say "marks of an earlier program" "${found:+in }${found:-none}"
