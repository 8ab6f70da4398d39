# Become somebody else by what Ruby has; say of each the errno, 0 when done.
{
  "sys_setuid" => -> { Process::Sys.setuid(0) },
  "sys_setresuid" => -> { Process::Sys.setresuid(0, 0, 0) },
  "change_privilege" => -> { Process::UID.change_privilege(0) },
  "grant_privilege" => -> { Process::UID.grant_privilege(0) },
  "gid_change" => -> { Process::GID.change_privilege(0) },
  "groups" => -> { Process.groups = [0] },
  "initgroups" => -> { Process.initgroups("root", 0) },
  "euid" => -> { Process.euid = 0 },
}.each do |name, attempt|
  attempt.call
  puts "#{name} 0"
rescue SystemCallError => error
  puts "#{name} #{error.errno}"
end
puts "ids #{Process.uid} #{Process.euid} #{Process.gid}"
