# Read the files of the system.
echo read $(($(find /usr -type f -readable -print0 | xargs -0 cat | wc -c) >> 20))
