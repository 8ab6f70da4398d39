"""Never end, and never sleep."""
print("busy", flush=True)
while True:
    pass
