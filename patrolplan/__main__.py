"""``python -m patrolplan``."""

from patrolplan.cli import main

if __name__ == "__main__":
    main()
