# Sockets that see or make packets of any kind, with what the language has for it.
require "socket"

{
  "raw" => [Socket::AF_INET, Socket::SOCK_RAW, Socket::IPPROTO_RAW],
  "raw icmp" => [Socket::AF_INET, Socket::SOCK_RAW, Socket::IPPROTO_ICMP],
  "raw IPv6" => [Socket::AF_INET6, Socket::SOCK_RAW, Socket::IPPROTO_RAW],
  "packet" => [17, Socket::SOCK_RAW, 0x300],
  "netlink" => [16, Socket::SOCK_RAW, 0],
}.each do |name, arguments|
  Socket.new(*arguments)
  puts "#{name}: done"
rescue SystemCallError => error
  puts "#{name}: #{error.message}"
end
