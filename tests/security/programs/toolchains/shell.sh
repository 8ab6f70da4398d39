# Pipes, process substitution, here documents, co-processes, job control, traps, arrays, arithmetic.
set -euo pipefail
[ "$(printf '%s\n' c a b | sort | tr -d '\n')" = abc ]; echo pipes ok
[ "$(diff <(echo a) <(echo b) | wc -l)" = 4 ]; echo text | tee >(cat >/tmp/tee) >/dev/null; wait; echo substitution ok
[ "$(cat <<END
$((6 * 7))
END
)" = 42 ]; [ "$(cat <<<here)" = here ]; echo documents ok
coproc cat; echo hello >&"${COPROC[1]}"; read -r -u "${COPROC[0]}" line; [ "$line" = hello ]; kill "$COPROC_PID"; wait "$COPROC_PID" || true; echo coprocess ok
set -m; sleep 100 & jobs %1 >/dev/null; kill -STOP %1; kill -CONT %1; kill %1; wait %1 || [ $? = 143 ]; set +m; echo jobs ok
arrived=; trap 'arrived=1' USR1; kill -USR1 $$; [ "$arrived" = 1 ]; (trap 'exit 7' EXIT; exit 3) || [ $? = 7 ]; echo traps ok
for n in 1 2 3; do (exit "$n") & done; wait -n || true; wait || true; echo background ok
exec 5<>/tmp/file; echo hello >&5; exec 5>&-; [ "$(</tmp/file)" = hello ]; mkfifo /tmp/fifo; echo x >/tmp/fifo & read -r x </tmp/fifo; [ "$x" = x ]; echo files ok
[ "$(timeout 0.1 sleep 10; echo $?)" = 124 ] || true; ulimit -n 100; [ "$(ulimit -n)" = 100 ]; nice -n 5 true; setsid true; xargs -P 4 -n 1 echo <<<"a b c" | sort | tr -d '\n' | grep -qx abc; echo tools ok
awk 'BEGIN { "echo hi" | getline x; exit x != "hi" }'; perl -e 'exit(fork() ? (wait, $? >> 8)[1] : 0)'; find /tmp -name fifo -exec test -p {} \; ; tar -C /tmp -cf - file | tar -xf - -C /box; [ -f /box/file ]; echo programs ok
