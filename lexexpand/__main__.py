"""`python -m lexexpand`."""

from lexexpand.cli import main

if __name__ == "__main__":
    main()
