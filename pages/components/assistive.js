// Streamlit draws the navigation as a list whose items stand in groups that are no lists: a screen reader counts them
// wrongly or not at all. Without the roles of a list it is what it is, links in a navigation. It draws anew when it
// likes, so this looks again whenever the page has changed, once a frame at most.
const LISTS = "[data-testid=stSidebarNavItems], [data-testid=stSidebarNavItems] li"

export default function () {
  let asked = 0
  const mend = () => {
    asked = 0
    for (const part of document.querySelectorAll(LISTS)) if (!part.role) part.role = "none"
  }
  const seen = new MutationObserver(() => { asked ||= requestAnimationFrame(mend) })
  seen.observe(document.body, { childList: true, subtree: true })
  mend()
  return () => {
    seen.disconnect()
    cancelAnimationFrame(asked)
  }
}
