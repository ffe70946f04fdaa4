"""Try it: type a text, or paste many, and see what the model says and how sure it is."""

from components import layout, session, stepper, try_asking, try_runs

stepper.show("try_it.py")
runs = try_runs.finished()
if runs:
    try_asking.show(runs)
else:
    layout.page_head("Try it")
    layout.empty_state(
        ":material/chat:",
        "No model to ask yet",
        "Train one first; it takes minutes. Then show it something new and see what it says.",
        "Train",
        lambda: session.go("training.py"),
    )
