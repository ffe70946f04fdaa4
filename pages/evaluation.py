"""Evaluate: how good it is on rows that it has never seen, where it is wrong, and how it does on a later file."""

from components import answered, evaluation_view, journey, layout, present, session, stepper, test_file, work

run = work.run()
own = answered.own_test(run) if run is not None else None
presenting = present.wanted() and own is not None
if presenting:
    journey.mark(run, journey.LOOKED_AT)
else:
    stepper.show("evaluation.py")
if run is None or own is None:
    layout.page_head("How good is it?")
    waiting = run is not None and run.job.active
    layout.empty_state(
        ":material/fact_check:",
        "It is still learning" if waiting else "No finished run yet",
        "The result is shown here when it has ended." if waiting else "Train a model first; it takes minutes.",
        "Watch it learn" if waiting else "Train",
        lambda: session.go("training.py"),
    )
elif presenting:
    present.show(run, own)
elif test_file.wanted():
    test_file.show(own)
else:
    evaluation_view.show(run, own)
