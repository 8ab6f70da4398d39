"""Do not end."""
while True:
    pass
