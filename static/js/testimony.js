// Small comforts while telling. Everything works without this file.
"use strict";
const form = document.querySelector("form.steps");
const words = document.querySelector("#id_words");
let going = false;

// Leaving by mistake would lose what was typed. Whoever stops or leaves quickly is never held back.
window.addEventListener("beforeunload", (event) => {
  if (!going && words.isConnected && words.value.trim()) event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("a.exit, a.stop")) going = true;
}, true);

form.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  going = true;
  form.setAttribute("aria-busy", "true");
  // Of whoever is not recorded no page stays behind the answer. Words that are sent like this stay until it came.
  if ([form.elements.adult, form.elements.may_read].some((one) => one.value === "no")) {
    form.action = form.action; // in full, before the address of the page is another
    history.replaceState(null, "", home);
  }
});
// Back from the answer: the page is guarded again.
window.addEventListener("pageshow", () => {
  going = false;
});

// "Enter" in a line goes on to the next screen, as the telephone's "next" does.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
  const next = event.target.closest(".step").querySelector(".ways a.first");
  if (!next) return;
  event.preventDefault();
  if (getComputedStyle(next).display === "none") form.requestSubmit();
  else next.click();
});

// Which recordings of the screens were played is said with the consent; without this file, which were offered.
const heard = form.elements.heard;
if (heard?.value) {
  const [language, , ...offered] = heard.value.split(" ");
  const played = new Set();
  const say = () => (heard.value = [language, "played", ...played].join(" "));
  document.addEventListener("play", ({ target }) => {
    if (offered.includes(target.dataset.heard)) played.add(target.dataset.heard);
    say();
  }, true);
  say();
}

// All screens are one entry of the history, so that leaving quickly leaves none of them (M6). Below it lies an entry with
// the address of the forum, made with the first step: it catches the "back" of the telephone, which shows the screen
// before and stands above it again.
const own = location.pathname;
const home = document.querySelector(".top .name").href;
const stepAt = (hash) => document.getElementById(hash.slice(1))?.closest(".step") ?? form.querySelector(".step.open");
let step = stepAt(location.hash);
let wanted = ""; // the screen to show once the form stands above again

function toScreen(hash) {
  if (history.state !== "above") {
    history.replaceState(null, "", home);
    history.pushState("above", "", own);
  }
  location.replace(hash);
  history.replaceState("above", "");
  step = stepAt(hash);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !form.isConnected) return;
  event.preventDefault();
  toScreen(link.hash);
});

window.addEventListener("popstate", () => {
  if (!form.isConnected) return; // sent, or left: the two numbers stay until "back" is pressed once more
  if (location.pathname === own) {
    const back = wanted;
    wanted = "";
    if (back) setTimeout(() => toScreen(back)); // once the browser has shown where it came back to
    else step = stepAt(location.hash);
    return;
  }
  wanted = step.querySelector(".ways a.btn:not(.first)")?.hash ?? "";
  // From the first screen it leads out of the form.
  if (wanted) history.forward();
  else location.reload();
});
