"""Look for the marks that an earlier program has left."""
import os, sys
from attempting import say

found = [folder for folder in (".", "/tmp", "/var/tmp", "/dev/shm") if os.path.exists(f"{folder}/{sys.argv[1]}")]
say("marks of an earlier program", f"in {', '.join(found)}" if found else "none")
