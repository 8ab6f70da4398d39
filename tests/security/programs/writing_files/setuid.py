"""Run one's own setuid program: a copy of cat that says whose it is."""
import os, shutil, subprocess

print("setuid files of the system:", subprocess.run("find / -xdev -perm /6000 -type f", shell=True, capture_output=True, text=True).stdout.count("\n"))
for folder in ("/box", "/tmp", "/var/tmp", "/dev/shm"):
    program = f"{folder}/program"
    shutil.copy("/bin/cat", program)
    os.chmod(program, 0o6777)
    status = subprocess.run([program, "/proc/self/status"], capture_output=True, text=True).stdout
    ids = [line.split()[1:] for line in status.splitlines() if line.startswith(("Uid", "Gid", "CapEff", "NoNewPrivs"))]
    print(folder, oct(os.stat(program).st_mode & 0o7777), *sum(ids, []))
