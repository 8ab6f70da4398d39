# Reach each of the arguments, such as tcp/127.0.0.1/80, and send a word; one line each.
for target; do
    if told=$( (printf secret > "/dev/$target") 2>&1); then told=done; fi
    echo "$target: ${told//$'\n'/ }"
done
