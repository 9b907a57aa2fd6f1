// The phone's outbox (M2, M5): a finished testimony is sealed here, kept where nothing can open it, then sent, and
// forgotten only when the server proves that it opened and stored it. Without this file, or where it cannot work
// (no storage in a private window, no keys), the form is sent as it stands.
"use strict";
(async () => {
  const { sheet: address, asker = "", worker, offline } = document.currentScript.dataset;
  const form = document.querySelector("form.steps");
  const main = document.querySelector("main");
  const own = location.pathname; // while "back" is caught it is another for a moment (testimony.js)
  const AGAIN = 30000; // milliseconds between two attempts while the page is looked at
  const PATIENCE = 90000; // milliseconds that one parcel may take on a slow network
  // After these the phone has nothing more to keep.
  const DONE = ["kept", "card", "counted", "conflict", "withdrawn"];

  // The form may be sent before the keys are here: then it waits for them. Where they do not come it goes its own way,
  // unless there is no network, where that would lose what was typed.
  let sealer = null;
  let queue = null;
  let busy = false;
  let goesItsOwnWay = false;
  let ready = start();
  form?.addEventListener("submit", (event) => {
    if (goesItsOwnWay) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    submitted(event.submitter).finally(() => {
      busy = false;
      form.removeAttribute("aria-busy");
    });
  });

  async function submitted(submitter) {
    await ready;
    if (!sealer) await (ready = start());
    if (sealer && (await sealer(submitter).catch(() => "own way")) !== "own way") return;
    if (!navigator.onLine) return say(offline);
    goesItsOwnWay = true;
    // Not inside the event that was stopped: a form cannot be sent while it is being sent.
    setTimeout(() => form.requestSubmit(submitter));
  }

  function say(words) {
    const note = document.createElement("p");
    note.className = "note bad";
    note.setAttribute("role", "alert");
    note.textContent = words;
    main.querySelectorAll(".note.bad").forEach((old) => old.remove());
    form.prepend(note);
    note.scrollIntoView();
  }

  async function start() {
    try {
      const store = await opened();
      const sheet = await fetched();
      if (!queue) {
        queue = sender(store, sheet);
        await queue.show();
        queue.send();
      }
      if (form && sheet.data.reading) {
        sealer = telling({ form, main, sheet, queue, put: into(store), asker, isDesk: !!worker });
        form.dataset.seals = ""; // from here on the form needs no network
      }
      if (worker) keepPage();
    } catch {
      // No storage, no keys, no network: the form is sent as it stands.
    }
  }

  // What is kept: sealed bytes, and the key under which their arrival is proved. Neither opens anything.

  function opened() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open("state", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("items", { autoIncrement: true });
      request.onerror = () => reject(request.error);
      request.onsuccess = () => resolve(request.result);
    });
  }

  // Resolves when the change is on the disk, not before.
  function changed(store, act) {
    return new Promise((resolve, reject) => {
      const change = store.transaction("items", "readwrite", { durability: "strict" });
      act(change.objectStore("items"));
      change.oncomplete = () => resolve();
      change.onabort = () => reject(change.error);
    });
  }

  // Where to put one more; resolves to its place.
  const into = (store) => async (one) => {
    let at;
    await changed(store, (items) => {
      items.add(one).onsuccess = (event) => (at = event.target.result);
    });
    return at;
  };

  function waiting(store, mark) {
    return new Promise((resolve, reject) => {
      const found = [];
      const request = store.transaction("items").objectStore("items").openCursor();
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor) return resolve(found);
        if (cursor.value.mark === mark) found.push({ at: cursor.key, ...cursor.value });
        cursor.continue();
      };
    });
  }

  // Keys and words, the same for everybody

  async function fetched() {
    const answer = await fetch(address, { credentials: "omit" });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const data = JSON.parse(page.getElementById("sheet").textContent);
    return {
      data,
      // Not the forum's name: what lies in the store names nothing.
      mark: sealing.hex(sealing.blake2b(sealing.prefixed(data.forum), 8)),
      part: (name) => document.importNode(page.getElementById(name).content, true),
      say: (name) => page.querySelector(`[data-say="${name}"]`).textContent,
    };
  }

  // A page that comes back without a network (worker.js): the desk of a facilitator, and nothing that was typed there.

  async function keepPage() {
    try {
      await navigator.serviceWorker.register(worker);
      const scripts = [...document.scripts].map((script) => script.src);
      const signs = document.querySelector("use[href]")?.getAttribute("href").split("#")[0];
      const shell = await caches.open("shell");
      const parts = [own, address, ...scripts, ...(signs ? [signs] : [])];
      await shell.addAll(parts);
      const wanted = parts.map((part) => new URL(part, location.href).href);
      for (const { url } of await shell.keys()) if (!wanted.includes(url)) await shell.delete(url);
    } catch {
      // No network, or a browser without workers: the page from before stays, or none.
    }
  }

  // Sending

  function sender(store, sheet) {
    let bar = null;
    let sending = null;
    const heard = new Set(); // functions told of what became of one parcel, by its place in the store

    async function post({ at, parcel, proof }) {
      let said = "offline", digits;
      try {
        const answer = await fetch(address, {
          method: "POST",
          body: parcel,
          headers: { "Content-Type": "application/octet-stream" },
          credentials: "omit",
          cache: "no-store",
          redirect: "error",
          signal: AbortSignal.timeout(PATIENCE),
        });
        const found = await answer.json();
        // A hotel's sign-in page, an old answer, a proxy: none of them can make this proof.
        if (found.proof === sealing.acknowledgement(proof, found.said)) [said, digits] = found.said.split(" ");
      } catch {
        // No answer, or not one of ours.
      }
      if (DONE.includes(said)) await changed(store, (items) => items.delete(at));
      heard.forEach((tell) => tell(at, said));
      if (said === "card") showNumbers(digits);
      return said;
    }

    // The card that was to carry the receipt could not be used: the digits stand here until the page is left.
    function showNumbers(digits) {
      const part = sheet.part("card-spent");
      part.querySelector("[data-numbers]").textContent = sealing.inPairs(digits);
      main.prepend(part);
      bar && main.prepend(bar);
    }

    async function all() {
      const said = [];
      for (const one of await waiting(store, sheet.mark)) {
        if (thrownAway.has(one.at)) continue;
        if (bar) bar.querySelector("[data-state]").textContent = sheet.say("sending");
        said.push(await post(one));
        await show(said.at(-1));
        if (said.at(-1) === "offline") break;
      }
    }

    // Asked while an attempt is still failing, it is tried once more after it: the network may have come meanwhile.
    let isWanted = false;
    function send() {
      isWanted = true;
      sending ??= untilDone().finally(() => (sending = null));
    }

    async function untilDone() {
      while (isWanted) {
        isWanted = false;
        await all().catch(() => {});
      }
    }

    async function show(said = "") {
      const number = (await waiting(store, sheet.mark)).length;
      if (!number) {
        bar?.remove();
        bar = null;
        return;
      }
      if (!bar) {
        main.prepend(sheet.part("waiting"));
        bar = main.querySelector(".waiting");
        bar.querySelector("[data-send]").addEventListener("click", send);
        bar.querySelector("[data-discard]").addEventListener("click", discard);
      }
      bar.querySelector("b").textContent = sheet.part("waiting").querySelector("b").textContent.replace("{n}", number);
      bar.querySelector("[data-state]").textContent = said && !DONE.includes(said) ? sheet.say(said) : "";
    }

    // All that waits for this forum, whatever it is: nobody here can tell one from another.
    const thrownAway = new Set();
    async function discard() {
      const gone = await waiting(store, sheet.mark);
      gone.forEach(({ at }) => thrownAway.add(at));
      await changed(store, (items) => gone.forEach(({ at }) => items.delete(at)));
      gone.forEach(({ at }) => heard.forEach((tell) => tell(at, "discarded")));
      await show();
      main.prepend(sheet.part("discarded"));
      main.querySelector("[data-discarded]").focus();
    }

    window.addEventListener("online", send);
    setInterval(() => document.visibilityState === "visible" && send(), AGAIN);
    return { send, show, heard, isDone: (said) => DONE.includes(said), forget: () => (bar = null) };
  }
})();
