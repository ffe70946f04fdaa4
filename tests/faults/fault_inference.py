"""An inference process with a toy in place of a model; some texts make it misbehave."""

import os
import signal
import sys
import time
from pathlib import Path

from sft_core.errors import ModelError
from sft_core.jobs import inference_server


class Toy:
    """Says "long" or "short"."""

    def warm(self, compare_base: bool) -> None:
        """Nothing is loaded late."""

    def predict(self, texts: list[str], pairs: list[str] | None, compare_base: bool) -> dict[str, object]:
        if "die" in texts:
            os.kill(os.getpid(), signal.SIGKILL)
        if "boom" in texts:
            raise RuntimeError("a secret detail")
        probabilities = [[1.0, 0.0] if len(text) > 10 else [0.0, 1.0] for text in texts]
        base = {"base": [[0.5, 0.5]] * len(texts)} if compare_base else {}
        return {"labels": ["long", "short"], "probabilities": probabilities, "pid": os.getpid(), "pairs": pairs, **base}


def load(folder: Path) -> Toy:
    """Takes a while, as models do."""
    time.sleep(0.3)
    if not (folder / "model").is_dir():
        raise ModelError("This run has no model yet.", "Wait until it has finished.")
    with (folder / "loads").open("a") as log:
        log.write("loaded\n")
    return Toy()


if __name__ == "__main__":
    sys.exit(inference_server.main(load=load))
