"""Never look at stdin."""
print("ended")
