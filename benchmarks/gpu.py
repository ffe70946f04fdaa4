"""The benchmarks of training on a GPU: examples a second of both sides in turns, then both trained to the end.

    python benchmarks/gpu.py               benchmarks/training.py, then benchmarks/accuracy.py on the whole data set
    python benchmarks/gpu.py --speed-only

Says so and ends where there is no GPU.
"""

import argparse

import accuracy
import torch
import training


def main() -> None:
    """Run both benchmarks on the GPU."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=sorted(training.DATA), default="banking77")
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--speed-only", action="store_true")
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        print("There is no GPU here: nothing was measured. benchmarks/training.py measures the processor.")
        return
    print(torch.cuda.get_device_name(), torch.cuda.get_device_capability(), f"torch {torch.__version__}")
    setting = training.prepare(arguments.data, "balanced", {}, None, 0)
    training.speed(setting, arguments.steps, arguments.rounds)
    if not arguments.speed_only:
        accuracy.compare(arguments.data, 0, "balanced", 0, rerun=True)


if __name__ == "__main__":
    main()
