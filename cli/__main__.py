"""``python -I -m cli``: what the bootstrap script ``./runjail`` hands over to."""

from cli.main import main

if __name__ == "__main__":
    main(prog_name="runjail")
