"""How rows are dealt out to training, validation and test, in words."""

METHODS = {
    "random": "At random",
    "group": "By what belongs together",
    "time": "By time",
    "column": "By an own column",
    "file": "A separate test file",
}
ABOUT = {
    "random": "Each class gets its share on each side.",
    "group": "Rows of one group, such as one person or document, stay on one side.",
    "time": "The newest rows are for the test, as later in real life.",
    "column": "A column of the file says what each row is for.",
    "file": "All rows of that file are for the test. Validation is taken from the rows that are there.",
}
