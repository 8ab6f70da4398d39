# Reach each of the arguments, such as tcp/127.0.0.1/80, and send a word; one line each.
require "socket"

ARGV.each do |target|
  kind, host, port = target.split("/")
  begin
    if kind == "tcp"
      Socket.tcp(host, port.to_i, connect_timeout: 5) { |socket| socket.write("secret") }
    else
      UDPSocket.new(host.include?(":") ? Socket::AF_INET6 : Socket::AF_INET).send("secret", 0, host, port.to_i)
    end
    puts "#{target}: done"
  rescue SystemCallError, SocketError => error
    puts "#{target}: #{error.message}"
  end
end
