# Open each of the files of the arguments after the first for writing, and unless that is "open" write to it; one line each.
how=$1
shift
for path; do
    if [ "$how" = write ]; then told=$( (echo 1 >> "$path") 2>&1); else told=$( (: >> "$path") 2>&1); fi && told=done
    echo "$path: $told"
done
