"""benchmarks/training.py on a GPU: examples per second of our loop and of `transformers.Trainer`, memory, accuracy.

    python benchmarks/gpu.py               speed of both sides in turns, then a whole training with the preset balanced
    python benchmarks/gpu.py --speed-only

Says so and ends where there is no GPU.
"""

import argparse

import torch
import training


def main() -> None:
    """Run both modes of the training benchmark on the GPU."""
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
    print(f"peak GPU memory {torch.cuda.max_memory_allocated() / 2**20:.0f} MB")
    if not arguments.speed_only:
        training.our_accuracy(setting)
        training.trainer_accuracy(setting, epochs=3)


if __name__ == "__main__":
    main()
