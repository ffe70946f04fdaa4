"""Navigation, theme and the one place that catches the project's own errors."""

import streamlit as st

st.set_page_config(page_title="Tuneboard", layout="wide")
st.title("What would you like to do?")
