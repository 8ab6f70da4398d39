// Become somebody else, or start a child that is; say of each the errno, 0 when done.
use std::os::unix::process::CommandExt;
use std::process::Command;

unsafe extern "C" {
    fn setuid(id: u32) -> i32;
    fn setgid(id: u32) -> i32;
    fn getuid() -> u32;
    fn geteuid() -> u32;
    fn getgid() -> u32;
}

fn tell(name: &str, result: std::io::Result<()>) {
    println!("{name} {}", result.err().map_or(0, |error| error.raw_os_error().unwrap()));
}

fn start(command: &mut Command) -> std::io::Result<()> {
    command.status().map(|_| ())
}

fn outcome(result: i32) -> std::io::Result<()> {
    if result < 0 { Err(std::io::Error::last_os_error()) } else { Ok(()) }
}

fn main() {
    tell("child_uid", start(Command::new("/usr/bin/true").uid(0)));
    tell("child_gid", start(Command::new("/usr/bin/true").gid(0)));
    unsafe {
        tell("setgid", outcome(setgid(0)));
        tell("setuid", outcome(setuid(0)));
        println!("ids {} {} {}", getuid(), geteuid(), getgid());
    }
}
