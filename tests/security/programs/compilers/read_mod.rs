// A file as a module; the error quotes it.
#[path = "/etc/debian_version"]
mod secret;

fn main() {}
