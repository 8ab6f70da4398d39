# What a line looks like: in characters, in bytes, turned round, counted by word.

byte_count() {
    local LC_ALL=C
    REPLY=${#1}
}

reverse() {
    local text=$1 at
    REPLY=
    for (( at = ${#text} - 1; at >= 0; at-- )); do REPLY+=${text:at:1}; done
}

code_points() {
    local text=$1 at point
    REPLY=
    for (( at = 0; at < ${#text}; at++ )); do
        printf -v point 'U+%04X' "'${text:at:1}"
        REPLY+=${REPLY:+ }$point
    done
}

describe() {
    local - words
    set -f
    words=($1)
    byte_count "$1"
    printf -v REPLY '%d chars %d bytes %d words %s' "${#1}" "$REPLY" "${#words[@]}" "${words[0]^^}"
}

url_encode() {
    local LC_ALL=C text=$1 at char
    REPLY=
    for (( at = 0; at < ${#text}; at++ )); do
        char=${text:at:1}
        [[ $char == [a-zA-Z0-9._~-] ]] || printf -v char '%%%02X' "$(( $(printf '%d' "'$char") & 255 ))"
        REPLY+=$char
    done
}
