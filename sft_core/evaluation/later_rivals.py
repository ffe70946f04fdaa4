"""The simple methods on a later file: does the fine-tuned model still beat them there?

The probe lies in the run's folder. The commonest class and the counted words learn anew from the run's own rows, in
seconds: kept, the words of 77 classes would add 5 MB to a run and to its zip, and 30 MB at most.
"""

from collections.abc import Sequence

from sft_core.data.gathering import kept
from sft_core.errors import SFTError, Stopped
from sft_core.evaluation.baselines import Floats, simple_methods
from sft_core.features.base_answers import load_base_answers
from sft_core.features.majority import fit_majority
from sft_core.features.material import parts
from sft_core.features.simple import fit_simple
from sft_core.records import Work, read_json
from sft_core.tasks.registry import get_task
from sft_core.tasks.task import TaskSpec
from sft_core.workspace import RunFolder

MOST_ROWS = 20_000  # of more rows the answers of the base model would keep one waiting
Answered = dict[str, Floats]
Reasons = dict[str, str]


def answer_by_rivals(
    run: RunFolder, texts: Sequence[str], pairs: Sequence[str] | None, work: Work
) -> tuple[Answered, Reasons]:
    """(n, k) probabilities of each simple method over the run's labels, and why one is missing where it is."""
    spec = get_task(str(read_json(run.config)["task"]))
    if len(texts) > MOST_ROWS:
        reason = f"The simple methods are not tried on files of more than {MOST_ROWS:,} rows."
        return {}, dict.fromkeys(spec.baselines, reason)
    found, reasons = _from_rows(run, spec, texts, pairs)
    work.progress(0.0, "Trying the simple methods")
    try:
        found["probe"] = _probe(run, texts, pairs, work)
    except Stopped:
        raise
    except SFTError as error:
        reasons["probe"] = error.message
    return found, reasons


def _from_rows(
    run: RunFolder, spec: TaskSpec, texts: Sequence[str], pairs: Sequence[str] | None
) -> tuple[Answered, Reasons]:
    """By the commonest class and the simple methods, which learn anew from the run's rows."""
    gathered, simple = kept(run), simple_methods(spec.name)
    if gathered is None:
        return {}, dict.fromkeys(("majority", *simple), "The run came without the rows that it was trained on.")
    train = parts(gathered)["train"]
    seed = int(read_json(run.config).get("seed") or 0)
    found = {"majority": fit_majority(train.y, gathered.labels).probabilities(len(texts))}
    for name in simple:
        found[name] = fit_simple(name, train, gathered.labels, seed).probabilities(texts, pairs)
    return found, {}


def _probe(run: RunFolder, texts: Sequence[str], pairs: Sequence[str] | None, work: Work) -> Floats:
    base = load_base_answers(run, read_json(run.config))
    return base.probabilities(
        texts,
        pairs,
        should_stop=work.should_stop,
        on_progress=lambda done: work.progress(done, "Asking the base model"),
    )
