# End with the code that the argument says.
exit "$1"
