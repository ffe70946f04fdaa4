"""Compare: two runs on the same test rows, which is better, and whether that is more than luck."""

from components import compare_choice, compare_table, layout, session, stepper

stepper.show()
choice = compare_choice.show()
if choice is None:
    layout.empty_state(
        ":material/compare_arrows:",
        "It takes two finished runs",
        "Train again with other settings, then see here which one is better on the same rows.",
        "Train",
        lambda: session.go("training.py", new="run"),
    )
else:
    compare_table.show(*choice)
