// Reading with the keyboard. Nothing typed and nothing read is stored by this file: it moves the focus, copies what is
// selected into a field of the same page, and hides the words when nobody has moved for a while.
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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !room || room.hidden) return;
  if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
  if (isTyping(event.target)) return;
  const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const typed = work?.querySelector("textarea");
  if (event.key === "s" && typed) typed.focus();
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
    if (sentence) field.value = sentence;
    field.focus();
  });
}

for (const button of document.querySelectorAll("[data-redact]")) {
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.redact);
    field.focus();
    if (field.selectionStart !== field.selectionEnd) {
      field.setRangeText("[.]", field.selectionStart, field.selectionEnd, "end");
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

// Leaving with something unsent

const filled = () => new URLSearchParams(new FormData(work)).toString();
const atFirst = work ? filled() : "";
let isLeaving = false;
document.addEventListener("submit", () => (isLeaving = true));
window.addEventListener("beforeunload", (event) => {
  if (work && !isLeaving && filled() !== atFirst) event.preventDefault();
});

// Nobody has moved: the words go, and the key is forgotten. Somebody who writes for long keeps the room open.

const idle = Number(room?.dataset.idle) * 1000;
let moved = Date.now();
let said = Date.now();

function close() {
  room.hidden = true;
  document.getElementById("curtain").hidden = false;
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
