"""Words that a nurse does not know, and that no screen may show outside of its details.

Only the product's own sentences are judged: values from data and names of models may hold anything.
"""

import re

FORBIDDEN = {
    # how a model learns
    "epoch": r"epochs?",
    "batch": r"(mini-?|micro-?)?batch(es)?",
    "learning rate": r"learning rates?",
    "hyperparameter": r"hyper-?parameters?|hparams?",
    "checkpoint": r"checkpoints?",
    "overfitting": r"over-?fit\w*",
    "gradient": r"gradients?|backprop\w*",
    "regularisation": r"regulari[sz]\w*|dropout|weight decay|label smoothing",
    "optimizer": r"optimi[sz]ers?|adamw?|sgd",
    "scheduler": r"schedulers?|warm-?up",
    "augmentation": r"augment\w*",
    "fine-tuning": r"fine-?tun\w*",
    "inference": r"inference|forward pass",
    "convergence": r"converg\w+",
    # what a model is made of
    "logits": r"logits?|softmax|sigmoid",
    "tensor": r"tensors?|dtypes?|float(16|32|64)|int(8|32|64)|bf16|fp16|fp32",
    "embedding": r"embeddings?|vectors?",
    "token": r"tokens?|tokeni[sz]\w*|vocabular\w+",
    "encoder": r"(en|de)coders?|transformers?|attention heads?|hidden (layers?|states?)|backbone",
    "parameters": r"(million|billion) parameters|trainable",
    # statistics
    "calibration": r"calibrat\w*|ece|brier",
    "statistics": r"mcnemar\w*|bootstrap\w*|p-values?|significan\w+|standard deviation|variance|logistic",
    "counting words": r"tf-?idf|n-?grams?|logreg",
    "regression": r"regression",
    # what a machine does
    "OOM": r"oom|out of memory",
    "stack trace": r"stack ?traces?|tracebacks?|exceptions?|segfault|core dump|exit codes?|errno",
    "process": r"sig(kill|term|int|segv)|sub-?process\w*|daemons?|sandbox\w*|stdin|stdout|stderr|pids?|deadlock",
    "null": r"null|nans?",
    "None": r"(?-i:None)(?!( of|\.?$))",
    "chips": r"gpus?|cpus?|cuda|vram|ram",
    "programming": r"boolean|integers?|floats?|regex\w*|parsers?|parsing|schemas?|enum|API|JSON object|callback",
    "storage": r"sql\w*|caches?|cached|hash(es|ed)?|sha-?256|checksum|fingerprint",
    "network": r"localhost|127\.0\.0\.1|sockets?|HTTP \d+|endpoint",
    "code": r"pickles?|repository|commits?|stack overflow",
    "cluster": r"(?<!co-)workers?|supervisors?|threads?|kernels?",
    "table": r"delimiters?|dataframes?|ascii|code ?points?",
}
_WORDS = re.compile("|".join(rf"\b(?:{words})\b" for words in FORBIDDEN.values()), re.IGNORECASE)
# Marks of Markdown, icons, names of files and of models are no words of a sentence.
_NO_WORDS = re.compile(
    r":material/\w+:|\\(?=\W)|\bhttps?://\S+|\b[\w-]+\.(json|safetensors|txt|csv|log|ya?ml)\b|Vision Transformer"
)


def jargon_in(text: str) -> list[str]:
    """The forbidden words of a text, as they stand in it."""
    return [found[0] for found in _WORDS.finditer(_NO_WORDS.sub("", text))]
