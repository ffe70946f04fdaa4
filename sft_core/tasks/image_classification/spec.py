"""Image classification as the pages and reports see it: one picture in, one of several classes out."""

from sft_core.tasks.task import TaskSpec

SPEC = TaskSpec(
    name="image-classification",
    title="Sort pictures into classes",
    input_kind="image",
    row_word=("picture", "pictures"),
    roles_needed=("image", "label"),
    metrics=("accuracy", "macro_f1", "weighted_f1", "macro_precision", "macro_recall", "log_loss"),
    baselines=("majority", "pixels", "probe"),
    engine="sft_core.tasks.image_classification.engine:ENGINE",
    environment={
        # Large tensors are kept by the process, not mapped anew at each step: several times the speed of a step.
        "MALLOC_MMAP_THRESHOLD_": "4294967296",
        "MALLOC_TRIM_THRESHOLD_": "8589934592",
        "MALLOC_TOP_PAD_": "268435456",
        # One shape and many layers: every program that was built for one is used again.
        "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "1024",
        "LRU_CACHE_CAPACITY": "1024",
    },
)
