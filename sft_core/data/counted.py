"""Numbers of things as they stand in a sentence: 1 row, 2,000 rows."""


def counted(n: int, one: str = "row", many: str = "") -> str:
    """ "1 row", "2,000 rows"; `many` where the plural is not the singular with an s."""
    return f"1 {one}" if n == 1 else f"{n:,} {many or one + 's'}"


def verb(n: int, one: str, many: str) -> str:
    """The form of a verb that goes with so many things."""
    return one if n == 1 else many
