"""`python -m sft_core`: the command line."""

from sft_core.cli.main import run

if __name__ == "__main__":
    run()
