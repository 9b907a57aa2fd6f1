// Leaving quickly (M6): blank at once, and no page of somebody who tells is left for "back". Without this file the link
// still leads to the neutral page, and the pages before it stay in the history.
"use strict";
(() => {
  const LONGEST = 300; // milliseconds until the neutral page is asked for, whatever the history says
  const home = document.querySelector(".top .name")?.href ?? "/";

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
      leave(() => window.location.replace(link.href));
    });
  }

  function leave(go) {
    try {
      // The form has put an entry below its own (testimony.js): that one becomes the neutral page, and what is left
      // ahead names nothing.
      if (history.state === "above") {
        history.replaceState(null, "", "/");
        window.addEventListener("popstate", go, { once: true });
        setTimeout(go, LONGEST);
        return history.back();
      }
      // What lies ahead goes when something new is put there.
      if (window.navigation?.canGoForward) {
        history.replaceState(null, "", home);
        history.pushState(null, "", home);
      }
    } catch {
      // A browser that refuses to touch its history still leaves.
    }
    go();
  }

  // Whoever goes on from a page leaves none of its kind behind: the next one takes its place.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (event.defaultPrevented || !link || link.origin !== location.origin || link.target) return;
    if (link.hash && link.pathname === location.pathname) return;
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    location.replace(link.href);
  });
  // So does the answer to a form. Not where words are typed: if the answer does not come, "back" must find them.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.querySelector("textarea")) return;
    form.action = form.action; // in full, before the address of the page is another
    history.replaceState(null, "", home);
  });

  // A page kept by the browser for "back" must not show what was typed.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
})();
