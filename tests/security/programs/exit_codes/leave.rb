# End with the code that the argument says.
exit! ARGV[0].to_i
