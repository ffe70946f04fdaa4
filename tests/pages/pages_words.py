"""Reading what a page says."""

from streamlit.testing.v1 import AppTest


def words_of(app: AppTest) -> str:
    """All words on the page, one string."""
    shown = [*app.title, *app.subheader, *app.markdown, *app.caption]
    return "\n".join(str(element.value) for element in shown)
