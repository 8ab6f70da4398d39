#!/usr/bin/env bash
# Reads records from standard input, reports on each, then tries what a script may want of its surroundings.
set -uo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
source "$here/lib/text.sh"
source "$here/lib/calc.sh"

declare -A cache=() weights=() neighbours=() distance=() counts=()
declare -a order=() unknown=()
workers=2

complain() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

cache_touch() {
    local key=$1 kept=() item
    for item in "${order[@]}"; do [[ $item == "$key" ]] || kept+=("$item"); done
    order=("${kept[@]}" "$key")
}

cache_put() {
    cache[$1]=$2
    cache_touch "$1"
    REPLY=stored
    (( ${#order[@]} <= 12 )) && return
    REPLY="stored for ${order[0]}"
    unset "cache[${order[0]}]"
    order=("${order[@]:1}")
}

cache_get() {
    REPLY=${cache[$1]-missing}
    [[ $REPLY == missing ]] || cache_touch "$1"
}

add_edge() {
    local pair
    for pair in "$1 $2" "$2 $1"; do
        [[ -v weights[$pair] ]] || neighbours[${pair% *}]+=" ${pair#* }"
        (( ${weights[$pair]-1000} > $3 )) && weights[$pair]=$3
    done
    REPLY="$1~$2"
}

json_fields() {
    local pattern='"id": ([0-9]+), "name": "(([^"\\]|\\.)*)", "tags": \[([^]]*)\], "flag": ([a-z]+)'
    [[ $1 =~ $pattern ]] || { REPLY='not the json expected'; return 1; }
    local id=${BASH_REMATCH[1]} name=${BASH_REMATCH[2]} tags=${BASH_REMATCH[4]} flag=${BASH_REMATCH[5]}
    printf -v name '%b' "${name//\\\"/\'}"
    REPLY="$id ${name//$'\n'/⏎} [${tags//[\", ]/}] $flag"
}

report_line() {
    local number=$1 kind=$2 rest=$3
    case $kind in
        text) describe "$rest" ;;
        # Every other one: bash is slow at it.
        expr) (( number % 2 )) && REPLY="${#rest} characters" || calc "$rest" || REPLY="failed: $REPLY" ;;
        put) cache_put ${rest} ;;
        get) cache_get "$rest" ;;
        edge) add_edge ${rest} ;;
        json) json_fields "$rest" ;;
        *) unknown+=("$number"); kind=unknown; printf -v REPLY %q "$rest" ;;
    esac
    (( ++counts[$kind] ))
    printf '%d %s %s\n' "$number" "$kind" "$REPLY"
}

shortest() {
    local nearest node next length
    local -A done=()
    distance=([$1]=0)
    while nearest= ; do
        for node in "${!distance[@]}"; do
            [[ -v done[$node] ]] && continue
            [[ -z $nearest ]] || (( distance[$node] < distance[$nearest] )) && nearest=$node
        done
        [[ -n $nearest ]] || break
        done[$nearest]=1
        for next in ${neighbours[$nearest]}; do
            (( length = distance[$nearest] + ${weights["$nearest $next"]} ))
            (( length < ${distance[$next]-100000} )) && distance[$next]=$length
        done
    done
    for node in "${!distance[@]}"; do echo "$node=${distance[$node]}"; done | sort -V | paste -sd ' '
}

factorial() {
    local digits=(1) factor at carry
    for (( factor = 2; factor <= $1; factor++ )); do
        carry=0
        for (( at = 0; at < ${#digits[@]} || carry; at++ )); do
            (( carry += ${digits[at]-0} * factor, digits[at] = carry % 1000000, carry /= 1000000 ))
        done
    done
    printf -v REPLY %d "${digits[-1]}"
    for (( at = ${#digits[@]} - 2; at >= 0; at-- )); do printf -v REPLY '%s%06d' "$REPLY" "${digits[at]}"; done
}

count_in_jobs() {
    local number pids=() total=0 part
    split --number="l/$workers" --numeric-suffixes "$1" "$scratch/part."
    for (( number = 0; number < workers; number++ )); do
        ( wc -w < "$scratch/part.0$number" > "$scratch/count.$number"; exit $((number + 10)) ) &
        pids+=($!)
    done
    for number in "${!pids[@]}"; do
        wait "${pids[number]}"
        echo "job $number left with $?"
    done
    for part in "$scratch"/count.*; do (( total += $(< "$part") )); done
    echo "$total words in $workers jobs"
}

race_jobs() {
    local first slow
    mkfifo "$scratch/ready"
    sh -c 'echo ready > "$0"; exec sleep 30' "$scratch/ready" &
    slow=$!
    read -r < "$scratch/ready"
    ( exit 6 ) &
    wait -n
    first=$?
    kill -TERM "$slow"
    wait "$slow" 2>/dev/null
    echo "first job $first, slow one $? which is SIG$(kill -l $?)"
}

talk_to_coprocess() {
    local answer number
    coproc BASE { while read -r number; do printf '%x\n' "$number"; done; echo closed; }
    local reader=${BASE[0]} writer=${BASE[1]} pid=$BASE_PID
    for number in 255 4096 65535; do
        echo "$number" >&"$writer"
        read -r answer <&"$reader"
        printf '%d is %s in hex\n' "$number" "$answer"
    done
    eval "exec $writer>&-"
    read -r answer <&"$reader"
    wait "$pid"
    echo "coprocess $answer, $?"
}

through_fifo() {
    mkfifo "$scratch/fifo"
    seq 5 | sed 's/$/ 🎈/' > "$scratch/fifo" &
    mapfile -t balloons < "$scratch/fifo"
    wait
    echo "${#balloons[@]} balloons, the last ${balloons[-1]@Q}"
    diff <(printf '%s\n' "${balloons[@]}") <(seq 6 | sed 's/$/ 🎈/')
}

run_children() {
    local output status
    output=$(bash "$here/main.sh" --child ünïcode 2>&1)
    echo "itself: $? ${output//$'\n'/ / }"
    ( sh -c 'kill -KILL $$'; exit $? ) 2>/dev/null
    echo "killed: $?"
    output=$(trap 'echo trapped' USR1; kill -USR1 "$BASHPID"; echo after)
    echo "signal: ${output//$'\n'/ }"
    false | sh -c 'exit 3' | true
    echo "pipeline: ${PIPESTATUS[*]}"
    no-such-command 2>/dev/null
    status=$?
    timeout 0.1 sleep 5
    echo "missing: $status, late: $?"
}

work_with_files() {
    local folder=$scratch/folder
    mkdir -p "$folder/deep/er"
    printf 'one\ntwo\nthree\n' > "$folder/naïve 日本"
    chmod 640 "$folder/naïve 日本"
    printf TWO | dd of="$folder/naïve 日本" bs=1 seek=4 conv=notrunc status=none
    ln -s 'naïve 日本' "$folder/link"
    cat "$folder/link" | tr '\n' '|'
    mv "$folder/naïve 日本" "$folder/moved"
    [[ -L $folder/link && ! -e $folder/link ]] && echo 'the link dangles'
    head -c 1048576 /dev/zero > "$folder/deep/er/zeros"
    (cd "$folder" && find . -printf '%y %P %s\n' | grep -v '^d' | LC_ALL=C sort)
    stat -c '%a %s' "$folder/moved"
    tail -c 6 "$folder/moved"
    sha256sum < "$folder/deep/er/zeros"
    rm -r "$folder"
}

refused() {
    ( : "$unset_variable" ) 2>/dev/null || echo "unset variable: $?"
    ( readonly fixed=1; fixed=2 ) 2>/dev/null || echo "read-only variable: $?"
    ( cd /nowhere ) 2>/dev/null || echo "no folder: $?"
    ( : > /tmp ) 2>/dev/null || echo "a folder is no file: $?"
    ( echo $((08)) ) 2>/dev/null || echo "no octal: $?"
    ( ulimit -n 8; exec 9< /dev/null ) 2>/dev/null || echo "too many files: $?"
}

tables() {
    awk '{ count[$1]++; bytes[$1] += length($0) } END { for (kind in count) print kind, count[kind] }' "$1" |
        grep -E '^[a-z]+ ' | LC_ALL=C sort | tee "$scratch/kinds" | column_pad
    tr -s ' \t\r' '\n\n\n' < "$1" | LC_ALL=C sort | uniq -c | LC_ALL=C sort -k1,1nr -k2 | sed -n '1,25s/^ *//p'
    LC_ALL=C join <(sed 's/ .*//' "$scratch/kinds") <(printf '%s\n' edge json put | LC_ALL=C sort) | paste -sd,
}

column_pad() {
    local kind count
    while read -r kind count; do printf '%-8s|%8d\n' "$kind" "$count"; done
}

surroundings() {
    local argument
    for argument; do printf 'argument %q\n' "$argument"; done
    echo "greeting ${GREETING-none}, at home $([[ $(realpath "$HOME") == "$(pwd -P)" ]] && echo yes || echo no)"
    code_points "${GREETING-none}"; echo "$REPLY"
    reverse 'añb日c🎉'; echo "$REPLY ${REPLY^^}"
    url_encode 'a b/ü/日'; echo "$REPLY"
}

main() {
    local number=0 kind rest line
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"; complain "cleaned up"' EXIT
    surroundings "$@"
    cat > "$scratch/input"
    while IFS= read -r line || [[ -n $line ]]; do
        kind=${line%%[ $'\t']*} rest=${line#* }
        report_line $((++number)) "$kind" "$rest"
    done < "$scratch/input"
    for kind in edge expr get json put text unknown; do echo "$kind ${counts[$kind]}"; done
    shortest n0
    factorial 120; echo "$REPLY"
    tables "$scratch/input"
    count_in_jobs "$scratch/input"
    race_jobs
    talk_to_coprocess
    through_fifo
    run_children
    work_with_files
    refused
    complain "${#unknown[@]} lines were not understood: ${unknown[*]:0:4}"
    return 7
}

if [[ ${1-} == --child ]]; then
    reverse "$2"; echo "child says $REPLY"
    complain 'child complains'
    exit 5
fi
[[ ${1-} == --workers=* ]] && workers=${1#*=} && shift
main "$@"
