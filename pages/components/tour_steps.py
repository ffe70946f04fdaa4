"""What the tour says at each of its steps, on the sample: what the place is for, and what to do there."""

from dataclasses import dataclass
from typing import Literal

Wait = Literal["", "run", "result", "later"]


@dataclass(frozen=True)
class Step:
    """One card: `about` is what the place is for, `do` what to look at or to press now (both Markdown, no data in it).

    `waits` names what must be there before it goes on: a run that was started, its result, or that of a later file.
    """

    key: str
    page: str
    title: str
    about: str
    do: str
    waits: Wait = ""


STEPS = (
    Step(
        "data",
        "data.py",
        "What is in the file?",
        "This is the sample: invented messages to a shop, each with its class. Here you see how a file was read, how "
        "many rows each class has, and how long the texts are.",
        "Look at **Rows in each class**. “billing” and “Biling” are the class “Billing”, written in other ways: real "
        "files are like that.",
    ),
    Step(
        "findings",
        "prepare.py",
        "What is wrong with the rows?",
        "Each card under **What we noticed** is something that would make the model worse, with a button that mends "
        "it. The file itself is never changed, and every change can be taken back.",
        "Press the button of one card. Then open “1 change, each can be taken back” at the top: there is **Undo**.",
    ),
    Step(
        "split",
        "prepare.py",
        "What is kept back for the test?",
        "A fifth of the messages is never learnt from. They are the test: only on messages that it has never seen can "
        "you tell how good it is. A message that stands there twice never lies on both sides, or the test were too "
        "easy.",
        "Scroll down to **What is kept back for the test**. Nothing has to be chosen there.",
    ),
    Step(
        "model",
        "model.py",
        "What does it start from?",
        "It does not begin at nothing: a base model has read a great deal already, and only has to learn your classes. "
        "The one that comes with Tuneboard is good for English and needs no network.",
        "Read the card marked **Chosen**. Other models suit other languages and longer texts.",
    ),
    Step(
        "start",
        "training.py",
        "Let it learn",
        "How much effort may it take, and what matters most to you? How long it takes is measured on this machine.",
        "Press **Choose quick** for the shortest wait, and then **Start** at the top.",
        waits="run",
    ),
    Step(
        "learning",
        "training.py",
        "Watch it learn",
        "The thick line is how often it is right on messages that it does not learn from. The dashed line is what a "
        "simple method gets on the same messages. The thick line has to come out above it, or the effort was in vain.",
        "This takes a minute or two. **Tell me when it is done** lets you do something else meanwhile.",
        waits="result",
    ),
    Step(
        "verdict",
        "evaluation.py",
        "How good is it?",
        "The first card says it in one sentence, on the messages of the test. “Likely” is how far the number may be "
        "off by chance. The grey bars are the simple methods on the same messages.",
        "Compare the green bar with the grey ones: where they overlap, the difference may be luck.",
    ),
    Step(
        "squares",
        "evaluation.py",
        "What does it mix up?",
        "Each line of squares is what the messages really were, each column what the model said. Green is right, "
        "orange is mixed up.",
        "Scroll to the squares, click an orange one, and read its messages beside it. Often not the model but the "
        "label was wrong: **Label is wrong** mends that.",
    ),
    Step(
        "later",
        "evaluation.py",
        "How does it do next month?",
        "What counts is how it does on messages that come in later. The sample has a second file for that.",
        "Press **Test on a new file**, then **Take the sample's next month**, and then **Test it**.",
        waits="later",
    ),
    Step(
        "changed",
        "evaluation.py",
        "What has changed since?",
        "The first card compares both tests and says whether the difference is more than luck. “Return” is a class "
        "that it never learnt: it cannot say it, so each such message counts as wrong. Messages that it learnt from "
        "prove nothing, so they are left out.",
        "Read the first card and those under it. When people write about other things, a model gets worse without "
        "noticing: test it now and then.",
    ),
    Step(
        "asking",
        "try_it.py",
        "Ask it something",
        "Type a message as it comes in, and see every class with how sure the model is. If it is not sure enough of "
        "any, it says “none of these”, and a person should decide.",
        "Ask about a parcel that is late, and then about something that belongs nowhere, such as how to bake bread.",
    ),
    Step(
        "home",
        "evaluation.py",
        "Take it home",
        "**Take home** holds a report to print or send, the answers row by row, and the model itself, which works "
        "without Tuneboard.",
        "Open **Take home** and look at the report. That was the way: with your own file it is the same one.",
    ),
)

FIRST = STEPS[0]


def number(step: Step) -> int:
    """Its place in the tour, from 1."""
    return STEPS.index(step) + 1


def find(key: object) -> Step:
    """The step of this key, the first where there is none."""
    return next((step for step in STEPS if step.key == key), FIRST)


def neighbour(step: Step, by: int, *, started: bool) -> Step | None:
    """The step before (-1) or after (+1); that for starting a run is passed over where one was started."""
    at = number(step) - 1 + by
    while 0 <= at < len(STEPS) and started and STEPS[at].waits == "run":
        at += by
    return STEPS[at] if 0 <= at < len(STEPS) else None
