# Two ends of a pipe that each hold half of it.
echo begun
half=$(($1 / 2))
hold() { kept=$(printf "%$((half << 20))s"); echo "${#kept}"; read -r; }
coproc first { hold; }
read -r size <&"${first[0]}"
kept=$(printf "%$((half << 20))s")
[ "$size" = "${#kept}" ] && echo filled || echo bereaved
echo >&"${first[1]}"
