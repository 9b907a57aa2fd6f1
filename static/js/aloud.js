// Reads two numbers out, one digit after another, from recordings of the ten digits. All ten are fetched before one is
// heard, always in the same order: what is fetched, and when, tells nobody which digits stand here (M3, M4).
// Without this file the numbers stand there to be read.
"use strict";
const aloud = (() => {
  const DIGIT = 0.15, PAIR = 0.5, HALF = 1.5; // seconds of silence after each
  let reading = null;

  async function sounds(context, addresses) {
    const found = [];
    for (const address of addresses) {
      const answer = await fetch(address, { credentials: "omit" });
      found.push(await context.decodeAudioData(await answer.arrayBuffer()));
    }
    return found;
  }

  const silenceAfter = (place) => (place % 8 === 0 ? HALF : place % 2 === 0 ? PAIR : DIGIT);

  async function read(digits, addresses) {
    const context = (reading = new AudioContext());
    const said = await sounds(context, addresses);
    let at = context.currentTime;
    let last = null;
    digits.forEach((digit, place) => {
      last = context.createBufferSource();
      last.buffer = said[digit];
      last.connect(context.destination);
      last.start(at);
      at += last.buffer.duration + silenceAfter(place + 1);
    });
    await new Promise((done) => {
      last.onended = done;
      context.onstatechange = () => context.state === "closed" && done();
    });
  }

  async function hear(button) {
    const place = button.closest(".receipt, form").querySelector("output, input.code");
    const digits = place.value.match(/\d/g);
    // Pressed while it reads, it is silent again.
    const last = reading;
    reading = null;
    await last?.close();
    if (last || !digits) return;
    button.setAttribute("aria-busy", "true");
    try {
      await read(digits.map(Number), button.dataset.readOut.split(" "));
    } catch {
      // No network, or sound that does not open: the numbers stand there.
    }
    button.removeAttribute("aria-busy");
    const done = reading;
    reading = null;
    if (done && done.state !== "closed") done.close();
  }

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-read-out]");
    if (button) hear(button);
  });

  function offer(page) {
    if (window.AudioContext) page.querySelectorAll("[data-read-out]").forEach((button) => (button.hidden = false));
  }

  offer(document);
  return { offer };
})();
