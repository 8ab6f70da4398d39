"""Call what is no code."""
import ctypes

ctypes.string_at(0)
