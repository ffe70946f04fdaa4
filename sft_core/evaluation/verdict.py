"""The verdict in plain words: how often it is right, how sure that is, and whether the effort was worth it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sft_core.evaluation.honesty import met
from sft_core.evaluation.wording import chance, counted, in_100, named, quoted, sentence, span, spoken, times, visible

ROWS = ("row", "rows")
SURE = 0.05
TITLE_OF_NO_SCORE = "No score yet"
FEW_ROWS = 30  # with fewer, a good model cannot be told from a useless one either
WIDTH = 1.96

Use = Literal["useful", "worse", "no better", "too few rows", "only apart"]


@dataclass(frozen=True)
class Verdict:
    """A headline ("Right 91 times in 100") and what else has to be said, in sentences.

    `useless` says it where the model should not be used, `advice` what to do then; both are empty where it is good.
    """

    headline: str
    detail: str
    short: str
    useless: str = ""
    advice: str = ""

    def __str__(self) -> str:
        return self.short


def verdict(report: Mapping[str, Any], words: tuple[str, str] = ROWS) -> Verdict:
    """The verdict of a report (of a run or of a later test file); `words` name a row: ("message", "messages")."""
    accuracy = report["metrics"]["test"]["accuracy"]
    if accuracy is None:
        return _without_score(report)
    rows, interval = int(report["rows"]["test"]), span(report["intervals"]["test"]["accuracy"])
    headline = f"Right {times(accuracy, *beside(report))}"
    compared = " ".join(
        part for part in (baseline_sentence(report), rival_sentence(report), _later(report, words)) if part
    )
    known = f"On {counted(rows, words)} that it had never seen. With that many, the true rate is likely {interval}."
    short = f"{headline}; with {counted(rows, words)} the true rate is likely {interval}."
    if before := met(report):
        known = f"On {counted(rows, words)}, of which it had met {before:,} before: the true rate is likely lower."
        short = f"{headline}. {known}"
    use, first = use_of(report), commonest_sentence(report)
    useless = first if use in ("worse", "no better", "too few rows") else ""
    parts, in_short = (f"{first} {known} {compared}", f"{first} {short} {compared}")
    return Verdict(headline, parts.strip(), in_short.strip(), useless, _advice(report) if useless else "")


def beside(report: Mapping[str, Any]) -> list[float]:
    """All shares right that stand beside that of the model: none may read like it that is another."""
    versus = (report.get("test_file") or {}).get("versus_run") or {}
    found = [(values or {}).get("accuracy") for values in (report.get("baselines") or {}).values()]
    shares = [report["metrics"]["test"]["accuracy"], versus.get("accuracy_then"), *found]
    return [share for share in shares if share is not None]


def commonest_sentence(report: Mapping[str, Any]) -> str:
    """Where the model is not better than always saying the commonest class, just that; else ""."""
    use = use_of(report)
    if use == "useful":
        return ""
    label = report.get("commonest")
    always = f"always saying {quoted([visible(label)]) if label else 'the commonest class'}"
    share = in_100(report["baselines"]["majority"]["accuracy"], *beside(report))
    if use == "only apart":
        return (
            f"It is right no more often than {always} would be ({share}), but it does find the others: "
            "look at the classes one by one."
        )
    if use == "too few rows":
        return f"Too few to show that it is better than {always} ({share}): do not rely on it yet."
    return f"{'Worse' if use == 'worse' else 'No better'} than {always} ({share}): do not use it like this."


def _advice(report: Mapping[str, Any]) -> str:
    """The likely reasons, and what to do about them."""
    if report.get("test_file"):
        return (
            "Perhaps this file is of another kind than the rows that it learnt from, or its labels mean other things."
        )
    rows = counted(int(report["rows"].get("train") or 0), ROWS)
    return (
        f"Likely reasons: it had only few to learn from ({rows}), labels contradict each other, or the rows do not "
        "hold what the labels ask for. See what Prepare has noticed, bring more rows, then train again."
    )


def baseline_sentence(report: Mapping[str, Any]) -> str:
    """What the best baseline gets, and whether the difference is real; "" without one."""
    return _against(report, report.get("versus_baseline"))


def rival_sentence(report: Mapping[str, Any]) -> str:
    """The same for the answer that is given today; "" where the file has none."""
    return _against(report, report.get("versus_rival"))


def difference_sentence(before: float, now: float, p: float | None) -> str:
    """A later score beside the run's own: "84 now, 91 then: a real drop, p < 0.01"."""
    numbers = f"{in_100(now, before)} now, {in_100(before, now)} then"
    if p is None:
        return f"{numbers}."
    if p >= SURE:
        return f"{numbers}: the difference may be luck ({chance(p)})."
    return f"{numbers}: a real {'drop' if now < before else 'gain'}, {chance(p)}."


def later_sentence(versus: Mapping[str, Any], words: tuple[str, str] = ROWS) -> str:
    """A later score beside the run's own, and apart from it the rows of classes that it never learnt."""
    before, now, known = versus["accuracy_then"], versus["accuracy_now"], versus.get("known")
    if not known:
        return difference_sentence(before, now, versus["p"])
    unlearnt = known["unlearnt"]
    rows, verb = sum(unlearnt.values()), "is" if sum(unlearnt.values()) == 1 else "are"
    classes = "a class" if len(unlearnt) == 1 else "classes"
    strangers = f"{counted(rows, words)} {verb} of {classes} that it never learnt ({named(list(unlearnt))})."
    apart = (now, before, known["accuracy"])
    numbers = f"{in_100(now, *apart)} now, {in_100(before, *apart)} then."
    if known["accuracy"] is None:
        return f"{numbers} All {strangers}"
    change = _change(before, known["accuracy"], known["p"])
    return f"{numbers} {strangers} Without these it is right {times(known['accuracy'], *apart)}{change}."


def _change(before: float, now: float, p: float | None) -> str:
    """Whether a later score is another one, behind the number."""
    if p is None:
        return ""
    if p >= SURE:
        return f": no proven change ({chance(p)})"
    return f": a real {'drop' if now < before else 'gain'} ({chance(p)})"


def _against(report: Mapping[str, Any], versus: Mapping[str, Any] | None) -> str:
    if not versus:
        return ""
    share = in_100(report["baselines"][versus["name"]]["accuracy"], *beside(report))
    changes = f"{versus['fixed']:,} fixed, {versus['broken']:,} broken, {chance(versus['p'])}"
    start = sentence(f"{spoken(versus['name'])} gets {share}")
    if versus["p"] >= SURE:
        return f"{start}: the difference may be luck ({changes})."
    if versus["fixed"] > versus["broken"]:
        return f"{start}: the difference is real ({changes})."
    return f"{start}, which is better, and no luck ({changes})."


def _later(report: Mapping[str, Any], words: tuple[str, str]) -> str:
    """What a later test file adds: the difference to the run's own test."""
    versus = (report.get("test_file") or {}).get("versus_run")
    return later_sentence(versus, words) if versus else ""


def _without_score(report: Mapping[str, Any]) -> Verdict:
    test_file = report.get("test_file") or {}
    estimate = test_file.get("estimated_accuracy")
    if estimate is None:
        reason = report["unavailable"].get("accuracy", "There are no rows to score.")
        return Verdict(TITLE_OF_NO_SCORE, reason, f"{TITLE_OF_NO_SCORE}. {reason}")
    headline = f"It feels right {times(estimate)}"
    detail = f"{report['unavailable'].get('accuracy', '')} {test_file['estimate_warning']}".strip()
    return Verdict(headline, detail, f"{headline}. {detail}")


def use_of(report: Mapping[str, Any]) -> Use:
    """How the model stands to always saying the commonest class, on the rows of this report.

    "only apart": no more often right, yet it tells the classes apart, as one does that finds the rare ones.
    """
    always = ((report.get("baselines") or {}).get("majority") or {}).get("accuracy")
    interval = (report["intervals"].get("test") or {}).get("accuracy")
    classes = [entry for entry in report.get("per_class") or [] if entry["support"]]
    if always is None or interval is None or len(classes) < 2 or interval[0] > always:
        return "useful"
    if _tells_apart(classes):
        return "only apart"
    if interval[1] < always:
        return "worse"
    few = sum(entry["support"] for entry in classes) < FEW_ROWS and report["metrics"]["test"]["accuracy"] > always
    return "too few rows" if few else "no better"


def _tells_apart(classes: list[Mapping[str, Any]]) -> bool:
    """Whether the mean recall is above that of guessing, which finds one in k of each class, by more than luck."""
    k = len(classes)
    found = [(entry["recall"] or 0.0) * entry["support"] for entry in classes]
    shares = [(hits + 1) / (entry["support"] + 2) for hits, entry in zip(found, classes, strict=True)]
    doubt = sum(p * (1 - p) / entry["support"] for p, entry in zip(shares, classes, strict=True))
    return bool(sum(entry["recall"] or 0.0 for entry in classes) / k - WIDTH * doubt**0.5 / k > 1 / k)
