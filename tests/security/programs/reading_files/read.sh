# Read each of the files, or list each of the folders, of the arguments; one line each.
for path; do
    if [ -d "$path" ]; then told=$(ls "$path" 2>&1 >/dev/null); else told=$(head -c 1 "$path" 2>&1 >/dev/null); fi && told=done
    echo "$path: $told"
done
