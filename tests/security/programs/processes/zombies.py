"""Make zombies, as many as the argument says (0: for ever), and never wait for one."""
import os, sys, time

wanted, zombies = int(sys.argv[1]), 0
while not wanted or zombies < wanted:
    try:
        if not os.fork():
            os._exit(0)
        zombies += 1
    except OSError as error:
        if wanted:
            print(error.strerror)
            break
        time.sleep(0.001)
print("zombies", zombies)
