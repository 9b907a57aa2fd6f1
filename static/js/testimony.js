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
