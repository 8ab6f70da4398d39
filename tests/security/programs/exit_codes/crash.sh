# Become a program that crashes.
ulimit -c unlimited
exec bash -c 'kill -SEGV $$'
