"""Leave the argument in every place that can be written to, and where other programs would run it; stay when asked to."""
import os, socket, sys, time

word = sys.argv[1]
PLACES = """/box/.bashrc /box/.profile /box/.bash_profile /box/.pythonrc /box/.gitconfig /box/.npmrc /box/.cargo/config.toml /box/sitecustomize.py
/box/usercustomize.py /box/.local/lib/python3.13/site-packages/usercustomize.py /box/node_modules/fs/index.js /box/package.json
/box/.java/.userPrefs/x /box/go.mod /box/.config/go/env /box/.gemrc /box/.dotnet/x /tmp/.X11-unix/x /tmp/hsperfdata_runner/1
/tmp/x /var/tmp/x /dev/shm/x /dev/shm/sem.x /tmp/python3 /tmp/ld.so.preload /var/mail/x /run/x /usr/local/bin/x /etc/profile.d/x.sh
/usr/lib/python3/dist-packages/x.pth /etc/ld.so.preload /root/.bashrc /home/x /opt/x /srv/x /mnt/x /media/x /sys/x /boot/x /var/cache/x""".split()
PLACES += [f"{folder}/{word}" for folder in ("/box", "/tmp", "/var/tmp", "/dev/shm")]
for place in PLACES:
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w") as file:
            file.write(word)
        print(f"{place}: done")
    except OSError as error:
        print(f"{place}: {error.strerror}")
sys.stdout.flush()
if "stay" in sys.argv:
    open("/box/ready", "w").close()
    while not os.path.exists("/box/end"):
        time.sleep(0.02)
