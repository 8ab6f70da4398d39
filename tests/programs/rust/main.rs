//! Reads records from standard input, reports on each, then tries what a program may want of its surroundings.

mod calc;
mod util;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, RwLock, mpsc};
use std::thread;
use std::time::Duration;

use util::text::Shape;
use util::{Graph, Lru, sha256};

type Fallible<T> = Result<T, Box<dyn Error>>;

static GREETING: LazyLock<String> = LazyLock::new(|| std::env::var("GREETING").unwrap_or_default());

struct Report<'a> {
    cache: Lru<&'a str, i32>,
    graph: Graph<'a>,
    unknown: Vec<usize>,
}

impl<'a> Report<'a> {
    fn new() -> Self {
        Report { cache: Lru::new(20), graph: Graph::default(), unknown: Vec::new() }
    }

    fn answer(&mut self, number: usize, line: &'a str) -> Fallible<String> {
        let words: Vec<&str> = line.split(' ').collect();
        Ok(match words[..] {
            ["text", ref rest @ ..] => Shape(&rest.join(" ")).to_string(),
            ["expr", ref rest @ ..] => calc::calculate(&rest.join(" "))?,
            ["put", key, value] => format!("{:?}", self.cache.put(key, value.parse()?)),
            ["get", key] => format!("{:?}", self.cache.get(&key)),
            ["edge", a, b, length] => {
                self.graph.add(a, b, length.parse()?);
                format!("{a} — {b}")
            }
            ["json", ..] => format!("{} {}", json_field(line, "id")?.parse::<u32>()?, &sha256::hex(line.as_bytes())[..12]),
            _ => {
                self.unknown.push(number);
                format!("unknown {}", line.escape_debug())
            }
        })
    }
}

fn json_field<'a>(line: &'a str, name: &str) -> Fallible<&'a str> {
    let (_, rest) = line.split_once(&format!("\"{name}\": ")).ok_or_else(|| format!("no {name}"))?;
    Ok(rest.split([',', '}']).next().unwrap_or(rest))
}

fn factorial(number: u64) -> String {
    const BASE: u64 = 1_000_000_000;
    let mut digits = vec![1u64];
    for factor in 2..=number {
        let carry = digits.iter_mut().fold(0, |carry, digit| {
            let product = *digit * factor + carry;
            *digit = product % BASE;
            product / BASE
        });
        digits.extend((carry > 0).then_some(carry));
    }
    let (last, others) = digits.split_last().expect("never empty");
    others.iter().rev().fold(last.to_string(), |text, digit| text + &format!("{digit:09}"))
}

/// Workers take chunks from one channel and merge what they counted into one map.
fn count_words(lines: &[&str], workers: usize) -> BTreeMap<String, usize> {
    let (sender, receiver) = mpsc::sync_channel::<&[&str]>(2);
    let receiver = Mutex::new(receiver);
    let counts = RwLock::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut mine = BTreeMap::<String, usize>::new();
                let take = || receiver.lock().unwrap().recv();
                while let Ok(chunk) = take() {
                    for word in chunk.iter().flat_map(|line| line.split_whitespace()) {
                        *mine.entry(word.to_lowercase()).or_default() += 1;
                    }
                }
                let mut counts = counts.write().unwrap();
                mine.into_iter().for_each(|(word, count)| *counts.entry(word).or_default() += count);
            });
        }
        lines.chunks(800).for_each(|chunk| sender.send(chunk).unwrap());
        drop(sender);
    });
    counts.into_inner().unwrap()
}

fn take_turns(players: usize) -> String {
    let shared = Arc::new((Mutex::new((0, String::new())), Condvar::new()));
    let barrier = Arc::new(Barrier::new(players));
    let leaders = Arc::new(AtomicUsize::new(0));
    let threads = (0..players).map(|me| {
        let (shared, barrier, leaders) = (shared.clone(), barrier.clone(), leaders.clone());
        thread::Builder::new().name(format!("player {me}")).spawn(move || {
            leaders.fetch_add(barrier.wait().is_leader().into(), Ordering::Relaxed);
            for _ in 0..4 {
                let (lock, changed) = &*shared;
                let mut state = changed.wait_while(lock.lock().unwrap(), |state| state.0 % players != me).unwrap();
                state.0 += 1;
                state.1 += thread::current().name().and_then(|name| name.split(' ').next_back()).unwrap_or("?");
                changed.notify_all();
            }
        })
    });
    threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.unwrap().join().unwrap());
    format!("{} with {} leader", shared.0.lock().unwrap().1, leaders.load(Ordering::Relaxed))
}

fn over_a_socket() -> io::Result<String> {
    let (mut ours, mut theirs) = UnixStream::pair()?;
    let echo = thread::spawn(move || {
        let mut text = String::new();
        theirs.read_to_string(&mut text)?;
        theirs.write_all(text.chars().rev().collect::<String>().as_bytes())
    });
    ours.write_all(GREETING.as_bytes())?;
    ours.shutdown(std::net::Shutdown::Write)?;
    let answer = io::read_to_string(ours)?;
    echo.join().expect("the echo lives")?;
    Ok(answer)
}

fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("left with {code}"),
        (_, Some(signal)) => format!("killed by {signal}"),
        _ => "neither".to_string(),
    }
}

fn run_children(input: &str) -> Fallible<String> {
    let mut sleeper = Command::new("sleep").arg("60").spawn()?;
    Command::new("sh").arg("-c").arg(format!("kill -TERM {}", sleeper.id())).status()?;
    let slept = ending(sleeper.wait()?);
    let mut sort = Command::new("sort").env("LC_ALL", "C").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut stdin = sort.stdin.take().ok_or("no stdin")?;
    let sorted = thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input.as_bytes()));
        sort.wait_with_output()
    })?;
    let itself = Command::new(std::env::current_exe()?).args(["--child", "ünïcode"]).output()?;
    let panicked = Command::new(std::env::current_exe()?).arg("--panic").output()?;
    let shell = Command::new("sh").args(["-c", "echo complaint >&2; exit 42"]).output()?;
    let missing = Command::new("/no/such/program").spawn().map_err(|error| error.kind());
    Ok(format!(
        "sleeper {slept}\nsorted {} {}\nitself {:?} {:?} {}\npanic {} of {} lines\nshell {:?} {}\nmissing {:?}",
        sorted.stdout.len(),
        sha256::hex(&sorted.stdout),
        String::from_utf8(itself.stdout)?,
        String::from_utf8_lossy(&itself.stderr),
        ending(itself.status),
        ending(panicked.status),
        panicked.stderr.split(|&byte| byte == b'\n').filter(|line| line.ends_with(b"on purpose")).count(),
        String::from_utf8_lossy(&shell.stderr),
        ending(shell.status),
        missing.err(),
    ))
}

/// A folder that is gone when its owner is.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("report-{}", std::process::id()));
        fs::create_dir(&path).map(|()| TemporaryFolder(path))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn walk(folder: &Path, names: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        names.push(entry.path());
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), names)?;
        }
    }
    Ok(())
}

fn work_with_files() -> Fallible<String> {
    let folder = TemporaryFolder::new()?;
    let (first, link) = (folder.0.join("naïve 日本.txt"), folder.0.join("link"));
    fs::write(&first, "one\ntwo\nthree\n")?;
    fs::set_permissions(&first, Permissions::from_mode(0o640))?;
    symlink("naïve 日本.txt", &link)?;
    let mut file = OpenOptions::new().read(true).write(true).open(&link)?;
    file.seek(SeekFrom::Start(4))?;
    file.write_all(b"TWO")?;
    file.seek(SeekFrom::End(-6))?;
    let tail = io::read_to_string(&mut file)?;
    file.set_len(1 << 20)?;
    fs::create_dir_all(folder.0.join("deep/er"))?;
    fs::rename(&first, folder.0.join("deep/er/moved"))?;
    let dangling = link.is_symlink() && !link.exists();
    let mut names = Vec::new();
    walk(&folder.0, &mut names)?;
    names.sort();
    let names: Vec<_> = names.iter().map(|name| name.strip_prefix(&folder.0).unwrap().display().to_string()).collect();
    let moved = fs::metadata(folder.0.join("deep/er/moved"))?;
    let path = folder.0.clone();
    drop(folder);
    let mode = moved.permissions().mode() & 0o777;
    Ok(format!("{tail:?} {names:?} {dangling} {mode:o} {} gone {}", moved.len(), !path.exists()))
}

fn failures() -> Vec<String> {
    let nothing: Option<u8> = None;
    let zero = GREETING.len() - GREETING.len();
    let attempts: [Box<dyn Fn() + panic::UnwindSafe>; 6] = [
        Box::new(move || _ = nothing.expect("nothing here")),
        Box::new(move || _ = [1, 2, 3][..zero][zero]),
        Box::new(move || _ = 1 / zero),
        Box::new(move || _ = &"é"[zero + 1..]),
        Box::new(|| _ = File::open("/nowhere").unwrap()),
        Box::new(|| panic!("on purpose: {:#?}", (1, "two"))),
    ];
    panic::set_hook(Box::new(|info| eprintln!("panic in line {}", info.location().map_or(0, |place| place.line()))));
    let caught = attempts.into_iter().map(|attempt| {
        let payload = panic::catch_unwind(attempt).unwrap_err();
        payload.downcast_ref::<String>().cloned().or(payload.downcast_ref::<&str>().map(|text| text.to_string())).unwrap_or_default()
    });
    let caught = caught.collect();
    let _ = panic::take_hook();
    caught
}

fn run(arguments: &[String]) -> Fallible<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    let home = fs::canonicalize(std::env::var("HOME")?)? == std::env::current_dir()?;
    writeln!(out, "{arguments:?} {} at home {home}", *GREETING)?;
    let input = io::read_to_string(io::stdin())?;
    let lines: Vec<&str> = input.split('\n').collect();
    let mut report = Report::new();
    for (number, line) in (1..).zip(&lines) {
        match report.answer(number, line) {
            Ok(answer) => writeln!(out, "{number} {answer}")?,
            Err(error) => writeln!(out, "{number} fails: {error}")?,
        }
    }
    writeln!(out, "{:?}\n{}", report.graph.shortest("n0"), factorial(300))?;
    let mut counts: Vec<_> = count_words(&lines, 3).into_iter().collect();
    counts.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    counts.iter().take(30).try_for_each(|(word, count)| writeln!(out, "{word:·<12}{count:>6}"))?;
    writeln!(out, "{}\n{}", take_turns(3), over_a_socket()?)?;
    let late = mpsc::channel::<()>().1.recv_timeout(Duration::from_millis(5));
    writeln!(out, "{late:?}\n{}\n{}\n{:#?}", run_children(&input)?, work_with_files()?, failures())?;
    out.flush()?;
    eprintln!("{} lines were not understood, the first {:?}", report.unknown.len(), report.unknown.first());
    Ok(ExitCode::from(7))
}

fn main() -> Fallible<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--child", word] => {
            println!("child says {}", word.to_uppercase());
            eprintln!("child complains");
            Ok(ExitCode::from(5))
        }
        ["--panic"] => panic!("on purpose"),
        _ => run(&arguments),
    }
}
