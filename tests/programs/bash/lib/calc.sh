# Arithmetic by recursive descent, without eval. The answer is left in REPLY, a failure's reason too.

calc_tokens() {
    local - source=$1 sign token
    set -f
    for sign in + - '*' / % '(' ')'; do source=${source//"$sign"/ "$sign" }; done
    TOKENS=($source)
    for token in "${TOKENS[@]}"; do
        [[ $token == [0-9]* || $token == [-+*/%\(\)] ]] || { REPLY="bad word $token"; return 1; }
    done
}

calc() {
    local at=0
    calc_tokens "$1" && calc_sum && {
        (( at == ${#TOKENS[@]} )) || { REPLY="left over ${TOKENS[at]}"; return 1; }
    }
}

calc_sum() {
    local value sign
    calc_product || return
    value=$REPLY
    while sign=${TOKENS[at]-} && [[ $sign == [-+] ]]; do
        (( ++at ))
        calc_product || return
        calc_apply "$value" "$sign" "$REPLY" || return
        value=$REPLY
    done
    REPLY=$value
}

calc_product() {
    local value sign
    calc_primary || return
    value=$REPLY
    while sign=${TOKENS[at]-} && [[ $sign == [*/%] ]]; do
        (( ++at ))
        calc_primary || return
        calc_apply "$value" "$sign" "$REPLY" || return
        value=$REPLY
    done
    REPLY=$value
}

calc_apply() {
    case $2 in
        '+') REPLY=$(($1 + $3)) ;;
        '-') REPLY=$(($1 - $3)) ;;
        '*') REPLY=$(($1 * $3)) ;;
        *)
            (( $3 )) || { REPLY='division by zero'; return 2; }
            if [[ $2 == / ]]; then REPLY=$(($1 / $3)); else REPLY=$(($1 % $3)); fi
            ;;
    esac
}

calc_primary() {
    local token=${TOKENS[at]-end}
    (( ++at ))
    case $token in
        [0-9]*) REPLY=$token ;;
        '(')
            calc_sum || return
            [[ ${TOKENS[at]-} == ')' ]] || { REPLY='missing )'; return 1; }
            (( ++at ))
            ;;
        *) REPLY="unexpected $token"; return 1 ;;
    esac
}
