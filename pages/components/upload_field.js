// Choose or drop a file, several files or a folder; they go to the server as one stream of bytes, in slices, and on
// from where they stopped. What is being sent outlives its field: a visit to another page does not cut it.

const SLICE = 8 * 1024 * 1024
const MOST_TRIES = 60
const LONGEST_PAUSE = 10 // seconds
const NOT_TAKEN = 8 // seconds after which the page did not hear that the file is here
const fields = new Map()

export default function ({ parentElement, data, setTriggerValue }) {
  let field = fields.get(data.field)
  if (!field || field.turn !== data.turn) {
    field?.abort?.abort()
    field = { turn: data.turn, phase: "idle", removed: new Set() }
    fields.set(data.field, field)
  }
  field.data = data
  field.draw = () => draw(parentElement, field)
  field.tell = (receipt) => setTriggerValue("arrived", receipt)
  wire(parentElement, field)
  field.draw()
  if (field.phase === "done") tell(field)
  return () => {
    field.draw = () => {}
    field.tell = null
    if (field.told && fields.get(data.field) === field) fields.delete(data.field)
  }
}

// ---- what is shown

function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`)
}

function wire(root, field) {
  const zone = part(root, "zone")
  const input = part(root, "input")
  const several = Boolean(field.data.folder)
  const pick = (folder) => {
    input.webkitdirectory = folder
    input.multiple = folder || several
    input.click()
  }
  input.multiple = several
  part(root, "pick").onclick = (event) => (event.stopPropagation(), pick(false))
  part(root, "pick-folder").onclick = (event) => (event.stopPropagation(), pick(true))
  part(root, "idle").onclick = () => pick(false)
  input.onclick = (event) => event.stopPropagation()
  input.onchange = () => {
    const found = [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }))
    input.value = ""
    input.webkitdirectory = false
    if (found.length) choose(field, found)
  }
  zone.ondragover = (event) => {
    event.preventDefault()
    zone.classList.toggle("over", isIdle(field))
  }
  zone.ondragleave = () => zone.classList.remove("over")
  zone.ondrop = (event) => {
    event.preventDefault()
    zone.classList.remove("over")
    if (isIdle(field)) dropped(field, event.dataTransfer)
  }
  part(root, "stop").onclick = () => field.abort?.abort()
  part(root, "go-on").onclick = () => (field.phase === "done" ? tell(field) : send(field))
  part(root, "remove").onclick = () => remove(field)
  part(root, "left-remove").onclick = () => removeLeft(field)
}

function draw(root, field) {
  const { data, phase } = field
  const idle = isIdle(field)
  const focused = root.activeElement
  part(root, "idle").hidden = !idle
  part(root, "busy").hidden = idle
  part(root, "invitation").textContent = data.invitation
  part(root, "limit").textContent = `Up to ${amount(data.cap)}. If it is cut off, choose it again and it goes on.`
  part(root, "pick").textContent = data.folder ? "Choose files" : "Choose a file"
  part(root, "pick-folder").hidden = !data.folder
  part(root, "name").textContent = field.name ?? ""
  part(root, "words").textContent = words(field)
  part(root, "stop").hidden = !(phase === "sending" || phase === "waiting")
  part(root, "go-on").hidden = !(phase === "stopped" || phase === "failed" || field.late)
  part(root, "go-on").textContent = phase === "failed" ? "Try again" : "Go on"
  part(root, "remove").hidden = !(phase === "stopped" || phase === "failed")
  const bar = part(root, "bar")
  bar.setAttribute("aria-label", `Sending ${field.name ?? ""}`)
  bar.value = field.total ? field.received / field.total : phase === "done" ? 1 : 0
  part(root, "trouble").hidden = !field.message
  part(root, "message").textContent = field.message ?? ""
  part(root, "hint").textContent = field.hint ?? ""
  const left = idle ? leftOver(field) : undefined
  part(root, "left").hidden = !left
  if (left) part(root, "left-words").textContent = leftWords(left)
  part(root, "said").textContent = said(field)
  if (focused?.tagName === "BUTTON" && !focused.checkVisibility()) {
    const shown = [...root.querySelectorAll("button")].find((button) => button.checkVisibility())
    shown?.focus()
  }
}

function words(field) {
  const far = `${shared(field.received, field.total)}`
  if (field.phase === "listing") return "Looking at what is in it"
  if (field.phase === "waiting") return `${far}. The dashboard does not answer; trying again`
  if (field.phase === "stopped") return `Stopped at ${far}. That much is kept for a day.`
  if (field.phase === "failed") return `Stopped at ${far}.`
  if (field.phase === "done") return field.late ? "It is here." : "It is here and is being opened"
  if (field.received >= field.total) return "All of it is here and is being put in place"
  return far + timeLeft(field)
}

function said(field) {
  if (isIdle(field)) return ""
  const tenths = field.total ? Math.floor((10 * field.received) / field.total) : 0
  return field.phase === "sending" ? `Sending, ${10 * tenths} percent` : words(field)
}

function leftWords(left) {
  return `${shared(left.received, left.total)} of “${left.name}” are here already: choose it again to go on. `
}

function timeLeft(field) {
  if (field.since === null) return ""
  const seconds = (performance.now() - field.since) / 1000
  const sent = field.received - field.first
  if (seconds < 3 || sent <= 0) return ""
  const left = ((field.total - field.received) * seconds) / sent
  return left < 60 ? ", less than a minute left" : `, about ${Math.round(left / 60)} min left`
}

const UNITS = [
  [1e9, "GB", 1],
  [1e6, "MB", 0],
  [1e3, "KB", 0],
  [1, "bytes", 0],
]

function unitOf(bytes) {
  return UNITS.find(([size]) => bytes >= size) ?? UNITS[3]
}

function amount(bytes) {
  const [size, unit, digits] = unitOf(bytes)
  return `${(bytes / size).toFixed(digits).replace(".0", "")} ${unit}`
}

function shared(some = 0, all = 0) {
  const [size, unit, digits] = unitOf(all)
  return `${(some / size).toFixed(digits)} of ${(all / size).toFixed(digits)} ${unit}`
}

// ---- what was chosen

function isIdle(field) {
  return field.phase === "idle"
}

async function dropped(field, transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean)
  const plain = [...transfer.files]
  if (!entries.length && !plain.length) return
  set(field, { phase: "listing", name: entries.length === 1 ? entries[0].name : "", message: "" })
  try {
    const found = []
    if (!entries.length) found.push(...plain.map((file) => ({ file, path: file.name })))
    for (const entry of entries) await walk(entry, found)
    set(field, { phase: "idle" })
    choose(field, found)
  } catch {
    set(field, { phase: "idle", message: "This could not be read.", hint: "Choose it with the button instead." })
  }
}

async function walk(entry, found) {
  const path = entry.fullPath.replace(/^\//, "")
  if (entry.isFile) {
    found.push({ file: await new Promise((give, fail) => entry.file(give, fail)), path })
    return
  }
  const reader = entry.createReader()
  for (;;) {
    const some = await new Promise((give, fail) => reader.readEntries(give, fail))
    if (!some.length) return
    for (const one of some) await walk(one, found)
  }
}

function choose(field, found) {
  if (!found.length) {
    set(field, { message: "There is no file in this folder.", hint: "Choose a folder with files in it." })
    return
  }
  const single = found.length === 1 && !found[0].path.includes("/")
  if (!single && !field.data.folder) {
    set(field, { message: "One file goes here, not several.", hint: "Choose a single file." })
    return
  }
  found.sort((one, other) => (one.path < other.path ? -1 : 1))
  const top = found[0].path.split("/")[0]
  const together = !single && found.every(({ path }) => path.startsWith(`${top}/`))
  const folder = single ? "" : together ? top : "files"
  if (together) for (const one of found) one.path = one.path.slice(top.length + 1)
  const starts = []
  let total = 0
  for (const { file } of found) {
    starts.push(total)
    total += file.size
  }
  const many = `${found.length.toLocaleString("en")} files`
  const name = single ? found[0].file.name : together ? `${top} (${many})` : many
  Object.assign(field, { files: found, folder, starts, total, received: 0, key: null, name })
  send(field)
}

// ---- sending

class Trouble extends Error {
  constructor(message, hint) {
    super(message)
    this.hint = hint
  }
}

async function send(field) {
  const abort = new AbortController()
  set(field, { phase: "sending", abort, message: "", hint: "", since: null })
  try {
    let far = await begin(field)
    while (!far.receipt) {
      set(field, { phase: "sending", key: far.key ?? field.key, received: far.received })
      if (field.since === null) Object.assign(field, { since: performance.now(), first: far.received })
      far = await next(field)
    }
    set(field, { phase: "done", receipt: far.receipt, received: field.total, told: false })
    tell(field)
  } catch (error) {
    if (abort.signal.aborted) set(field, { phase: "stopped" })
    else set(field, { phase: "failed", message: error.message, hint: error.hint ?? "Try again." })
  }
}

async function begin(field) {
  const files = field.files.map(({ file, path }) => ({ path, size: file.size, modified: file.lastModified }))
  const answer = await ask(field, "POST", "/api/uploads", JSON.stringify({ folder: field.folder, files }))
  if (answer.status === 409) return pauseThen(field, 1, () => begin(field)) // another tab puts it in place
  return answer.ok ? answer.json() : refused(answer)
}

async function next(field) {
  const end = Math.min(field.received + SLICE, field.total)
  if (end === field.received) return pauseThen(field, 1, () => begin(field)) // another tab puts it in place
  const address = `/api/uploads/${field.key}?offset=${field.received}`
  const answer = await ask(field, "PUT", address, bytes(field, field.received, end))
  if (answer.ok) return answer.json()
  if (answer.status === 404) return pauseThen(field, 1, () => begin(field))
  if (answer.status !== 409) return refused(answer)
  const { received } = await answer.json()
  return received === field.received ? pauseThen(field, 1, () => ({ received })) : { received }
}

async function refused(answer) {
  const said = await answer.json().catch(() => ({}))
  const reload = answer.status === 403 ? "Reload the page and choose the same file: it goes on where it stopped." : ""
  throw new Trouble(said.message ?? "The dashboard did not take it.", reload || (said.hint ?? "Try again."))
}

async function ask(field, method, address, body) {
  const { signal } = field.abort
  for (let tries = 0; ; tries++) {
    try {
      const headers = { "X-Upload-Token": field.data.token, "Content-Type": "application/octet-stream" }
      const answer = await fetch(address, { method, headers, body, signal, cache: "no-store" })
      if (answer.status < 500 || answer.status === 507) return answer
    } catch (error) {
      if (signal.aborted) throw error
    }
    if (body instanceof Blob) await checkReadable(body)
    if (tries >= MOST_TRIES) throw new Trouble("The dashboard does not answer.", "Start it again, then choose Try again.")
    set(field, { phase: "waiting" })
    await pauseThen(field, Math.min(2 ** tries / 2, LONGEST_PAUSE), () => {})
  }
}

async function checkReadable(body) {
  try {
    await body.slice(0, 1).arrayBuffer()
  } catch {
    throw new Trouble("The file was changed or moved since it was chosen.", "Remove it here and choose it again.")
  }
}

function bytes(field, start, end) {
  const { files, starts } = field
  let low = 0
  for (let high = files.length; low + 1 < high; ) {
    const middle = (low + high) >> 1
    if (starts[middle] <= start) low = middle
    else high = middle
  }
  const pieces = []
  for (let at = low; at < files.length && starts[at] < end; at++) {
    pieces.push(files[at].file.slice(Math.max(0, start - starts[at]), end - starts[at]))
  }
  return pieces.length === 1 ? pieces[0] : new Blob(pieces)
}

function pauseThen(field, seconds, does) {
  const { signal } = field.abort
  return new Promise((give, fail) => {
    const stopped = () => (clearTimeout(timer), fail(new Error("stopped")))
    const timer = setTimeout(() => (signal.removeEventListener("abort", stopped), give(does())), 1000 * seconds)
    signal.addEventListener("abort", stopped, { once: true })
  })
}

function set(field, facts) {
  Object.assign(field, facts)
  field.draw()
}

function tell(field) {
  if (!field.tell || (field.told && !field.late)) return
  set(field, { told: true, late: false })
  field.tell(field.receipt)
  setTimeout(() => field.tell && field.phase === "done" && set(field, { late: true }), 1000 * NOT_TAKEN)
}

// ---- taking back

async function forget(field, key) {
  const headers = { "X-Upload-Token": field.data.token }
  await fetch(`/api/uploads/${key}`, { method: "DELETE", headers }).catch(() => {})
  field.removed.add(key)
}

async function remove(field) {
  if (field.key) await forget(field, field.key)
  set(field, { phase: "idle", files: null, key: null, message: "", hint: "" })
}

function leftOver(field) {
  return field.data.left.find(({ key }) => key !== field.key && !field.removed.has(key))
}

async function removeLeft(field) {
  const left = leftOver(field)
  if (left) await forget(field, left.key)
  field.draw()
}
