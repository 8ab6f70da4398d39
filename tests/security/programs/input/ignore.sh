# Never look at stdin.
echo ended
