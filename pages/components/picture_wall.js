// The browser's half of a wall of pictures: what was clicked is told by its place. All words are set as text, never as
// HTML: they come from the data.
export default function ({ parentElement, data, setTriggerValue }) {
  const wall = parentElement.querySelector('[data-part="wall"]')
  wall.style.setProperty("--least", data.width)
  wall.replaceChildren(...data.tiles.map((tile, place) => item(tile, place, data, setTriggerValue)))
}

function item(tile, place, data, tell) {
  const box = make("li")
  const card = make(data.pickable ? "button" : "div", `tile ${tile.tone}`)
  if (data.pickable) {
    card.type = "button"
    card.setAttribute("aria-label", tile.said)
    card.onclick = () => tell("picked", place)
  }
  card.append(picture(tile))
  for (const part of ["title", "note"]) {
    if (tile[part]) card.append(Object.assign(make("span", part), { textContent: tile[part] }))
  }
  box.append(card)
  return box
}

function picture(tile) {
  if (!tile.image) return Object.assign(make("span", "lost"), { textContent: "not there any more" })
  const image = make("img")
  image.src = tile.image
  image.alt = tile.said
  image.loading = "lazy"
  return image
}

function make(name, kind = "") {
  const element = document.createElement(name)
  element.className = kind
  return element
}
