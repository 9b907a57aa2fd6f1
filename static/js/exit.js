// Leaving quickly: blank at once, and the page is replaced, so that "back" does not return to it.
// Without this file the link still leads to the neutral page.
"use strict";
for (const link of document.querySelectorAll("a.exit")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.querySelectorAll("form").forEach((form) => form.reset());
    document.title = "";
    document.body.replaceChildren();
    try {
      sessionStorage.clear();
    } catch {
      // Storage may be switched off; there is then nothing to clear.
    }
    window.location.replace(link.href);
  });
}
// A page kept by the browser for "back" must not show what was typed.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
