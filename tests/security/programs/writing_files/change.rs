// Change each of the files of the arguments in every way there is; one line each.
use std::{fs, io::Result, os::unix::fs::PermissionsExt};

fn tell<T>(what: &str, path: &str, result: Result<T>) {
    match result {
        Ok(_) => println!("{what} {path}: done"),
        Err(error) => println!("{what} {path}: {error}"),
    }
}

fn main() {
    for path in std::env::args().skip(1) {
        fs::write("own", "evil").unwrap();
        tell("write", &path, fs::OpenOptions::new().write(true).open(&path));
        tell("truncate", &path, fs::File::create(&path));
        tell("chmod", &path, fs::set_permissions(&path, fs::Permissions::from_mode(0o777)));
        tell("copy over", &path, fs::copy("own", &path));
        tell("rename over", &path, fs::rename("own", &path));
        tell("remove", &path, fs::remove_file(&path));
    }
}
