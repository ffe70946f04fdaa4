"""What the tests of the Train page share: finding its buttons."""

from streamlit.testing.v1 import AppTest


def button(app: AppTest, key: str) -> object:
    return next(one for one in app.button if one.key == key)


def keys(app: AppTest) -> set[str]:
    return {str(one.key) for one in app.button}
