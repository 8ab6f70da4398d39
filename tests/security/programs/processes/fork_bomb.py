"""Fork children that stay, as many as the argument says (0: for ever); say how many there were."""
import os, signal, sys

wanted, children = int(sys.argv[1]), 0
while not wanted or children < wanted:
    try:
        if not os.fork():
            while True:
                signal.pause()
        children += 1
    except OSError as error:
        if wanted:
            print(error.strerror)
            break
print("children", children, flush=True)
