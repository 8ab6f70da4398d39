# Take a little more again and again.
echo begun
piece=$(printf '%1048576s')
for ((left = $1; left > 0; left--)); do kept+=("$piece$left"); done
echo filled
