// A file is hashed in the browser, so that it does not leave the device; only its 64 digits are asked about.
// Without this file, or where the browser cannot count (no https, no memory), the form sends the file itself.
"use strict";
const form = document.getElementById("file-check");
const chosen = form?.querySelector("input[type=file]");
if (form && chosen && window.crypto?.subtle) {
  document.getElementById("stays").hidden = false;
  form.addEventListener("submit", (event) => {
    const [file] = chosen.files;
    if (!file?.size) return; // the server says what is missing
    event.preventDefault();
    asked(file).catch(() => form.submit());
  });
}

async function asked(file) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const digits = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  window.location.assign(`?code=${digits}`);
}
