// Say whether the compiler executed owned.sh; then execute it, which shows that it works.
fn look() {
    println!("{}", if std::path::Path::new("owned").exists() { "done" } else { "no" });
}

fn main() {
    look();
    std::process::Command::new("sh").arg("./owned.sh").status().unwrap();
    look();
}
