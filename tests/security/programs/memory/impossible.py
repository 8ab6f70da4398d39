"""Ask for more than there is anywhere."""
print("begun", flush=True)
bytearray(1 << 46)
