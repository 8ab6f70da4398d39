"""Start threads that stay, as many as the argument says (0: for ever); say how many there were."""
import sys, threading

wanted, threads = int(sys.argv[1]), 0
forever = threading.Event()
while not wanted or threads < wanted:
    try:
        threading.Thread(target=forever.wait, daemon=True).start()
        threads += 1
    except RuntimeError as error:
        if wanted:
            print(error)
            break
print("threads", threads)
