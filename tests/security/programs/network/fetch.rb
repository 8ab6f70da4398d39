# Fetch each of the arguments with what the language has for it; one line each.
require "net/http"

ARGV.each do |url|
  uri = URI(url)
  response = Net::HTTP.start(uri.hostname, uri.port, open_timeout: 5, read_timeout: 5) { |http| http.get(uri.path) }
  puts "#{url}: done #{response.code}"
rescue SystemCallError, SocketError => error
  puts "#{url}: #{error.message}"
end
