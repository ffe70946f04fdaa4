// Tells that a run has ended: by a sound or a notification, once for each, also where the tab is in the background.
// Nothing is drawn and nothing fetched; the tones are made here.

const TOLD = "tuneboard_told" // what was told, for all tabs of this browser
const MOST_TOLD = 50
const LOOK_EVERY = 5 // seconds: after some minutes a hidden tab's own clock ticks once a minute, a worker's goes on
const SEEN_AFTER = 5 // seconds in sight, after which the title goes back
const GOOD = [523, 659, 784] // Hz
const BAD = [392, 311]

const told = new Set()
let page = { wish: "nothing", ended: [], look: () => {}, seen: () => {}, allow: () => {} }
let wished = null
let audio = null
let ticker = null
let asking = false
let askedAgain = false
let inSight = { key: null, timer: null }

export default function ({ data, setTriggerValue, setStateValue }) {
  page = {
    wish: data.wish,
    ended: data.ended,
    look: () => setTriggerValue("look", Date.now()),
    seen: (key) => setTriggerValue("seen", key),
    allow: () => data.wish === "notification" && allowed() !== data.allowed && setStateValue("allowed", allowed()),
  }
  if (wished !== null && wished !== data.wish && !document.hidden) changed() // not where another tab chose
  wished = data.wish
  page.allow()
  keepTicking(data.watching)
  for (const one of data.ended) tell(one)
  waitUntilSeen()
}

document.addEventListener("visibilitychange", waitUntilSeen)
for (const kind of ["pointerup", "keyup"]) document.addEventListener(kind, touched, { capture: true })

// ---- what the browser lets us do

function allowed() {
  return "Notification" in window && window.isSecureContext ? Notification.permission : "missing"
}

function changed() {
  if (page.wish === "sound") play(GOOD) // so that one knows it
  if (page.wish === "notification") askToNotify()
}

async function askToNotify() {
  if (allowed() !== "default" || asking) return
  asking = true
  await Notification.requestPermission().catch(() => {})
  asking = false
  page.allow()
}

function touched() {
  if (audio?.state === "suspended") audio.resume()
  if (page.wish !== "notification" || allowed() !== "default" || asking || askedAgain) return
  askedAgain = true // some browsers ask only in the very moment of a click; whoever closes the question is left alone
  askToNotify()
}

// ---- telling

function tell(one) {
  if (!isNew(one.key)) return
  if (page.wish === "notification" && notify(one)) return
  if (page.wish !== "nothing") play(one.good ? GOOD : BAD)
}

function isNew(key) {
  let known = [...told]
  try {
    known = JSON.parse(localStorage.getItem(TOLD)) ?? []
    if (!known.includes(key)) localStorage.setItem(TOLD, JSON.stringify([...known, key].slice(-MOST_TOLD)))
  } catch {
    // this browser keeps nothing: then each tab tells for itself
  }
  const fresh = !told.has(key) && !known.includes(key)
  told.add(key)
  return fresh
}

function notify(one) {
  if (allowed() !== "granted") return false
  try {
    const shown = new Notification(one.title, { body: one.about, tag: one.key })
    shown.onclick = () => {
      window.focus()
      shown.close()
    }
    return true
  } catch {
    return false // phones show none without a service worker
  }
}

function play(notes) {
  audio ??= new AudioContext()
  audio.resume().catch(() => {})
  notes.forEach((pitch, at) => {
    const start = audio.currentTime + 0.05 + at * 0.18
    const tone = new OscillatorNode(audio, { frequency: pitch, type: "sine" })
    const loudness = new GainNode(audio, { gain: 0 })
    loudness.gain.setValueAtTime(0, start)
    loudness.gain.linearRampToValueAtTime(0.18, start + 0.02)
    loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.4)
    tone.connect(loudness).connect(audio.destination)
    tone.start(start)
    tone.stop(start + 0.45)
  })
}

// ---- the clock of a hidden tab, and who has looked

function keepTicking(on) {
  if (on && !ticker) {
    const clock = `setInterval(() => postMessage(0), ${1000 * LOOK_EVERY})`
    ticker = new Worker(URL.createObjectURL(new Blob([clock], { type: "text/javascript" })))
    ticker.onmessage = () => document.hidden && page.look()
  } else if (!on && ticker) {
    ticker.terminate()
    ticker = null
  }
}

function waitUntilSeen() {
  const key = document.hidden ? null : (page.ended.at(-1)?.key ?? null)
  if (key === inSight.key) return
  clearTimeout(inSight.timer)
  inSight = { key, timer: key && setTimeout(() => page.seen(key), 1000 * SEEN_AFTER) }
}
