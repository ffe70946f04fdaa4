"""Small real models made in code: a word tokenizer of a few words, and encoders of two layers."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "card", "is", "lost", "where", "my", "money"]
WORDS += ["good", "bad", "very", "not", "a", "film", "it", "was"]
# What differs from the usual names; everything is two layers of 32.
SHAPES = {
    "albert": {"embedding_size": 16},
    "bert": {},
    "camembert": {},
    "deberta": {},
    "deberta-v2": {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 8},
    "distilbert": {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64},
    "electra": {"embedding_size": 16},
    "ernie": {},
    "modernbert": {"global_attn_every_n_layers": 1},
    "mpnet": {},
    "roberta": {},
    "xlm-roberta": {},
}


def make_tokenizer(segments: bool = True) -> PreTrainedTokenizerFast:
    """A word-level tokenizer over WORDS with [CLS] a [SEP] (b [SEP])."""
    core = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    core.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    inputs = ["input_ids", "token_type_ids", "attention_mask"] if segments else ["input_ids", "attention_mask"]
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    return PreTrainedTokenizerFast(tokenizer_object=core, model_input_names=inputs, **special)


def write_base(folder: Path, kind: str = "bert") -> Path:
    """A base model folder of the architecture named, with random weights of wide spread."""
    torch.manual_seed(3)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    common = {
        "vocab_size": len(WORDS),
        "pad_token_id": 0,
        "max_position_embeddings": 40,
        "initializer_range": 0.2,
    }
    ids = {"bos_token_id": 2, "eos_token_id": 3, "cls_token_id": 2, "sep_token_id": 3}
    shape = SHAPES[kind] if kind == "distilbert" else {**sizes, **SHAPES[kind]}
    config = AutoConfig.for_model(kind, **common, **ids, **shape)
    AutoModel.from_config(config).save_pretrained(str(folder))
    make_tokenizer(segments=kind in ("bert", "albert", "electra", "deberta-v2")).save_pretrained(str(folder))
    return folder
