// The browser's half of presenting: keys and dots that step from slide to slide, and how large the type is.
const FORWARD = ["PageDown", "ArrowDown", "ArrowRight"]
const BACK = ["PageUp", "ArrowUp", "ArrowLeft"]
const FIELDS = "input, textarea, select, [contenteditable], [role=radiogroup], [role=dialog]"
const SCROLLED = '[data-testid="stMain"]'
const SLIDES = '[class*="st-key-slide_"]'

export default function ({ parentElement, data, setStateValue }) {
  const nav = parentElement.querySelector('[data-part="dots"]')
  const slides = () => [...document.querySelectorAll(SLIDES)]
  const now = () => reached(slides())
  const go = (place) => {
    const all = slides()
    const to = all[Math.max(0, Math.min(all.length - 1, place))]
    to?.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })
  }
  const mark = () => {
    const at = now()
    nav.childNodes.forEach((dot, place) => dot.toggleAttribute("aria-current", place === at))
  }
  const pressed = (event) => {
    const typing = event.target.closest?.(FIELDS)
    if (typing && event.key === "Escape") event.target.blur() // the second one leaves
    if ((typing && !event.key.startsWith("Page")) || event.ctrlKey || event.metaKey || event.altKey) return
    const step = FORWARD.includes(event.key) ? 1 : BACK.includes(event.key) ? -1 : 0
    if (!step) return
    event.preventDefault()
    const here = slides()[now()]
    const below = here ? here.getBoundingClientRect().bottom - innerHeight : 0
    if (step > 0 && below > 40) here.closest(SCROLLED)?.scrollBy({ top: 0.8 * innerHeight }) // it is not read yet
    else go(now() + step)
  }
  const tell = () => {
    const enlarge = Number(getComputedStyle(document.documentElement).getPropertyValue("--enlarged"))
    if (enlarge && enlarge !== data.enlarge) setStateValue("enlarge", enlarge)
  }
  nav.replaceChildren(...data.titles.map((title, place) => dot(title, place, data.titles.length, go)))
  document.addEventListener("keydown", pressed)
  document.addEventListener("scroll", mark, true)
  window.addEventListener("resize", tell)
  tell()
  mark()
  return () => {
    document.removeEventListener("keydown", pressed)
    document.removeEventListener("scroll", mark, true)
    window.removeEventListener("resize", tell)
  }
}

function reached(slides) {
  const begun = slides.filter((one) => one.getBoundingClientRect().top < innerHeight / 2)
  return Math.max(0, begun.length - 1)
}

function dot(title, place, many, go) {
  const button = document.createElement("button")
  button.type = "button"
  button.title = title
  button.setAttribute("aria-label", `Slide ${place + 1} of ${many}: ${title}`)
  button.onclick = () => go(place)
  return button
}
