// Reading with the keyboard. Nothing read and nothing typed is stored in this browser: this file moves the focus, copies
// what is selected into a field of the same page, sends what is half written to be sealed, and hides the words when
// nobody has moved for a while. It remembers one thing on the device: whether single keys work.
"use strict";

const room = document.getElementById("room");
const work = document.getElementById("work");
const isTyping = (element) => element.matches("textarea, select, input:not([type=checkbox], [type=radio])");

// Keys

function rows() {
  return [...document.querySelectorAll("[data-row], [data-rows] > li > a, [data-rows] input")];
}

function step(by) {
  const all = rows();
  const here = all.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function press(element) {
  if (element.matches("summary")) {
    element.parentElement.open = true;
    (element.parentElement.querySelector("textarea") ?? element).focus();
  } else element.click();
}

// A voice that reads the screen has single keys of its own, and so has somebody who dictates: they turn ours off.
const keysOn = document.getElementById("keys-on");

function remembered() {
  try {
    return localStorage.getItem("room-keys") !== "off";
  } catch {
    return true;
  }
}

if (keysOn) {
  keysOn.checked = remembered();
  keysOn.addEventListener("change", () => {
    try {
      localStorage.setItem("room-keys", keysOn.checked ? "on" : "off");
    } catch {
      // A browser that remembers nothing: the switch holds for this page.
    }
  });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !room || room.hidden) return;
  if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
  if (isTyping(event.target) || !(keysOn?.checked ?? remembered())) return;
  const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const typed = work?.querySelector("textarea");
  if (event.key === "s" && typed) typed.focus();
  else if (event.key === "w") document.getElementById("said")?.focus();
  else if (event.key === "b" && voices.length) back(voices.find((voice) => !voice.paused) ?? voices[0], 10);
  else if (named) press(named);
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else return;
  event.preventDefault();
});

// A sentence out of the words

for (const line of document.querySelectorAll(".js-only")) line.hidden = false;

function insideOf(words) {
  const chosen = window.getSelection();
  if (!chosen.rangeCount || !words.contains(chosen.getRangeAt(0).commonAncestorContainer)) return "";
  return chosen.toString().trim();
}

for (const button of document.querySelectorAll("[data-take]")) {
  // The selection goes when the button takes the focus, so it does not take it.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.into);
    const sentence = insideOf(document.getElementById(button.dataset.take));
    if (sentence) {
      field.value = sentence;
      sourceOf(button);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    field.focus();
  });
}

// The text in which the selection stands goes with it: words, transcript or a translation.
function sourceOf(button) {
  const node = window.getSelection().anchorNode;
  const text = (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest("[data-source]");
  const source = document.getElementById(button.dataset.sourceInto);
  if (text && source) source.value = text.dataset.source;
}

// Selecting a sentence in what was said is proposing it, while nothing is typed there yet.
document.getElementById("said")?.addEventListener("mouseup", () => {
  const button = document.querySelector("[data-take]");
  const details = document.getElementById("sentence");
  const field = button && document.getElementById(button.dataset.into);
  const sentence = insideOf(document.getElementById("said"));
  if (!details?.open || !field || !sentence || (field.value && field.value !== field.dataset.taken)) return;
  field.value = field.dataset.taken = sentence;
  sourceOf(button);
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// The voice: the browser's own player, with speed and a step back

const voices = [...document.querySelectorAll("audio")];

function back(voice, seconds) {
  voice.currentTime = Math.max(0, voice.currentTime - seconds);
}

for (const button of document.querySelectorAll("[data-back]")) {
  button.addEventListener("click", () => back(document.getElementById(button.dataset.voice), Number(button.dataset.back)));
}

for (const button of document.querySelectorAll("[data-speed]")) {
  button.addEventListener("click", () => {
    document.getElementById(button.dataset.voice).playbackRate = Number(button.dataset.speed);
    for (const other of button.parentElement.querySelectorAll("[data-speed]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  });
}

for (const button of document.querySelectorAll("[data-redact]")) {
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.redact);
    field.focus();
    if (field.selectionStart !== field.selectionEnd) {
      field.setRangeText("[.]", field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}

// How many are chosen

const count = document.querySelector("[data-count]");

function say() {
  const ticked = document.querySelectorAll(`input[name=${count.dataset.count}]:checked`).length;
  count.querySelector("b").textContent = Number(count.dataset.below) + ticked;
}

if (count) work.addEventListener("change", say);

// What is half written is sealed on the server a moment after the last key; nothing of it stays in this browser.

const filled = () => new URLSearchParams(new FormData(work)).toString();
let kept = work ? filled() : "";
let isLeaving = false;
let keeping = 0;
const saved = document.getElementById("saved");

async function keep() {
  clearTimeout(keeping);
  if (!work?.dataset.keep || filled() === kept) return;
  const now = filled();
  const body = new FormData(work);
  body.append("quiet", "1");
  let isKept = false;
  try {
    const answer = await fetch(work.dataset.keep, { method: "POST", body, redirect: "manual", keepalive: document.hidden });
    // Only the empty answer means kept: the page that asks for the passphrase is an answer too.
    isKept = answer.status === 204;
  } catch {
    isKept = false;
  }
  if (isKept) kept = now;
  if (saved) saved.textContent = isKept ? saved.dataset.kept : saved.dataset.lost;
}

work?.addEventListener("input", () => {
  clearTimeout(keeping);
  keeping = setTimeout(keep, 3000);
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden && !isLeaving) keep();
});

// Leaving with something unsent that is not kept either

document.addEventListener("submit", () => (isLeaving = true));
window.addEventListener("beforeunload", (event) => {
  if (work && !isLeaving && filled() !== kept) event.preventDefault();
});

// Nobody has moved: the words go, and the key is forgotten. Somebody who writes for long keeps the room open.

const idle = Number(room?.dataset.idle) * 1000;
let moved = Date.now();
let said = Date.now();

async function close() {
  room.hidden = true;
  const curtain = document.getElementById("curtain");
  curtain.hidden = false;
  curtain.querySelector(".btn").focus();
  await keep();
  const lock = document.getElementById("lock");
  fetch(lock.action, { method: "POST", body: new FormData(lock), redirect: "manual" }).catch(() => {});
}

if (room) {
  for (const kind of ["keydown", "pointerdown", "pointermove", "scroll", "touchstart"]) {
    document.addEventListener(kind, () => (moved = Date.now()), { passive: true, capture: true });
  }
  setInterval(() => {
    if (room.hidden) return;
    if (Date.now() - moved >= idle) close();
    else if (Date.now() - said > 4 * 60 * 1000 && moved > said) {
      said = Date.now();
      fetch(room.dataset.alive, { method: "HEAD", redirect: "manual" }).catch(() => {});
    }
  }, 5000);
}

// A page kept by the browser for "back" must not show the words once the room is closed.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
