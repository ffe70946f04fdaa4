"""Model: what to start from, in plain words, with the time that it takes here."""

from components import layout, model_page, session, stepper, work

stepper.show("model.py")
info = work.dataset()
if info is None:
    layout.page_head("What should it start from?")
    layout.empty_state(
        ":material/table:",
        "No data yet",
        "Which model fits depends on your data. Bring a file, or try the sample.",
        "Bring data",
        lambda: session.go("data.py"),
    )
else:
    model_page.show(info)
