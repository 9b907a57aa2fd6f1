// The phone's outbox (M2, M5): a finished testimony is sealed here, kept where nothing can open it, then sent, and
// forgotten only when the server proves that it opened and stored it. Without this file, or where it cannot work
// (no storage in a private window, no keys), the form is sent as it stands.
"use strict";
(async () => {
  const { sheet: address, asker = "", worker, offline } = document.currentScript.dataset;
  const form = document.querySelector("form.steps");
  const main = document.querySelector("main");
  const AGAIN = 30000; // milliseconds between two attempts while the page is looked at
  const PATIENCE = 90000; // milliseconds that one parcel may take on a slow network
  const PART = 120 << 10; // bytes: declarations/sealing/parts.py
  // After these the phone has nothing more to keep.
  const DONE = ["kept", "card", "conflict", "withdrawn"];

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
      if (form && sheet.data.reading) sealer = sealingDesk(store, sheet, queue);
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
      const icon = document.querySelector("link[rel=icon]");
      const shell = await caches.open("shell");
      const parts = [location.pathname, address, ...scripts, ...(icon ? [icon.href] : [])];
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
      }
      bar.querySelector("b").textContent = sheet.part("waiting").querySelector("b").textContent.replace("{n}", number);
      bar.querySelector("[data-state]").textContent = said && !DONE.includes(said) ? sheet.say(said) : "";
    }

    window.addEventListener("online", send);
    setInterval(() => document.visibilityState === "visible" && send(), AGAIN);
    return { send, show, heard, forget: () => (bar = null) };
  }

  // Answering, sealing, keeping

  function sealingDesk(store, sheet, queue) {
    const { data } = sheet;
    let lookedUp = null; // what the server said of a card: { code, mark, who }

    async function answered(submitter) {
      const given = new FormData(form);
      const isRefused = given.get("adult") === "no" || given.get("may_read") === "no";
      // Of whoever is not recorded only a count is kept, and the server counts.
      if (isRefused) return navigator.onLine || !worker ? "own way" : replace(sheet.part("nothing-kept"));
      if (submitter?.name === "look") {
        const { mark } = await description(given);
        showChoices(given);
        form.elements.seen.value = mark;
        return;
      }
      const faults = faultsIn(given);
      if (faults.length) return showFaults(faults);
      const described = await description(given);
      if (isToBeSeen(given, described)) return showDescription(described);
      return keep(given, described);
    }

    // What is missing or cannot be kept

    function faultsIn(given) {
      const faults = [];
      const add = (field, why) => faults.some((one) => one.field === field) || faults.push({ field, why });
      for (const field of form.elements) {
        if (field.name === "words" || !field.willValidate || field.validity.valid) continue;
        add(field.closest(".field"), field.type === "radio" ? "pair" : "required");
      }
      const voice = given.get("audio");
      const words = sealing.tidy(given.get("words"));
      const why = sealing.faultIn(words, data.longest);
      if (why && !(why === "required" && voice?.size)) {
        add(form.elements.words.closest(".field"), why === "required" ? "words" : why);
      }
      // A slip would be seen only when the parcel is opened, and then nobody could mend it.
      for (const name of ["code", "serial"]) {
        const typed = (given.get(name) ?? "").trim();
        if (typed && !sealing[name](typed)) add(form.elements[name].closest(".field"), name);
      }
      if (voice?.size > data.largest) add(form.elements.audio.closest(".field"), "large");
      const fields = [...form.querySelectorAll(".field")];
      return faults.sort((one, other) => fields.indexOf(one.field) - fields.indexOf(other.field));
    }

    function showFaults(faults) {
      form.querySelectorAll(".wrong").forEach((field) => field.classList.remove("wrong"));
      form.querySelectorAll(".error, .summary").forEach((error) => error.remove());
      form.prepend(sheet.part("summary"));
      for (const { field, why } of faults) {
        const control = field.querySelector("input, select, textarea");
        const error = document.createElement("div");
        error.className = "error";
        error.append(Object.assign(document.createElement("p"), { textContent: sheet.say(why) }));
        field.classList.add("wrong");
        field.querySelector(".ask").after(error);
        const line = document.createElement("a");
        line.href = `#${control.id}`;
        line.textContent = `${field.querySelector(".ask").firstChild.textContent} – ${sheet.say(why)}`;
        form.querySelector(".summary ul").append(document.createElement("li"));
        form.querySelector(".summary li:last-child").append(line);
      }
      goTo(faults[0].field.closest(".step").id);
      form.querySelector(".summary").scrollIntoView();
      form.querySelector(".summary").focus();
    }

    function goTo(step) {
      form.querySelectorAll(".step.open").forEach((one) => one.classList.remove("open"));
      document.getElementById(step).classList.add("open");
      // A page that comes back shows what is to be put right above its step: so no step is named in the address.
      history.replaceState(null, "", location.pathname);
      location.hash = "errors";
    }

    // How the speaker will be described (M7)

    const marks = (given) => {
      const region = given.get("region"), capacity = given.get("capacity");
      const places = region ? [`described_region:${data.regions[region]}`, `described_zone:${data.zones[region]}`] : [];
      const standings = capacity
        ? [`described_capacity:${data.capacities[capacity]}`, `described_family:${data.families[capacity]}`]
        : [];
      const fine = [...places, ""].flatMap((place) => [...standings, ""].map((one) => [place, one]));
      const mark = (pair) => pair.filter(Boolean).join("/");
      return {
        fine: fine.map(mark).find((one) => data.described[one]) ?? "",
        large: places.slice(1).find((one) => data.described[one]) ?? "",
      };
    };

    const codeOf = (given) => (given.get("code") ?? "").trim();
    const who = (mark) => data.described[mark] ?? data.anybody;

    async function description(given) {
      const wanted = given.get("precision");
      if (!wanted) return { mark: "", who: data.anybody };
      if (codeOf(given)) return ofCard(given);
      const mark = marks(given)[wanted] ?? "";
      return { mark, who: who(mark) };
    }

    // Only the server knows what stands on a card: it is asked without the words. Without a network, the coarsest.
    async function ofCard(given) {
      const asked = ["code", "precision", "region", "capacity"].map((name) => given.get(name)).join("|");
      if (lookedUp?.asked === asked) return lookedUp;
      given.delete("words");
      given.delete("audio");
      given.set("look", "1");
      try {
        const answer = await fetch(location.pathname, { method: "POST", body: given, signal: AbortSignal.timeout(15000) });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const mark = page.querySelector("input[name=seen]").value;
        lookedUp = { asked, mark, who: who(mark) };
        return lookedUp;
      } catch {
        return { mark: "", who: data.anybody, isUnknown: true };
      }
    }

    const isToBeSeen = (given, { mark, isUnknown }) =>
      isUnknown ? form.elements.seen.value !== "-" : mark && form.elements.seen.value !== mark;

    function showDescription({ mark, who: words, isUnknown }) {
      form.elements.seen.value = isUnknown ? "-" : mark;
      const part = sheet.part(isUnknown ? "undescribed" : "described");
      const line = part.querySelector(".note p");
      line.textContent = line.textContent.replace("{who}", words);
      const last = document.getElementById("send");
      last.querySelectorAll(".note, .note + p, [data-undescribed]").forEach((old) => old.remove());
      last.querySelector(".along").after(part);
      location.hash = "send";
      last.scrollIntoView();
    }

    // Each way to be described, with what would be written, as the server words it.
    function showChoices(given) {
      const found = codeOf(given) ? {} : marks(given);
      for (const choice of form.querySelectorAll("[name=precision]")) {
        const label = choice.nextElementSibling;
        label.querySelector("small")?.remove();
        const mark = lookedUp && codeOf(given) && choice.checked ? lookedUp.mark : found[choice.value];
        if (mark === undefined && choice.value) continue;
        const small = document.createElement("small");
        const line = sheet.part("described").querySelector(".note p").textContent;
        small.textContent = line.replace("{who}", who(mark ?? ""));
        label.append(small);
      }
    }

    // Two layers: the words to the readers, all that is checked on arrival to the server

    async function keep(given, described) {
      const receipt = sealing.receipt();
      const proof = sealing.random(32);
      const parcel = await sealed(given, described, receipt, proof);
      let at;
      await changed(store, (items) => {
        items.add({ mark: sheet.mark, parcel, proof }).onsuccess = (event) => (at = event.target.result);
      });
      // From here on the words exist sealed alone.
      form.reset();
      showKept(given, described, receipt, at);
      if (worker) navigator.storage?.persist?.().catch(() => {});
      queue.send();
    }

    async function sealed(given, described, receipt, proof) {
      const id = sealing.uuid(), key = sealing.random(32), lent = sealing.hex(sealing.random(32));
      const language = given.get("language");
      const place = (field) => sealing.header("testimony", id, field);
      const facts = {
        region: given.get("region"), capacity: given.get("capacity"), sex: "", age: "",
        asked_by: asker, interpreter: given.get("interpreted") === "yes" ? "yes" : "", lent,
      };
      const parts = {
        key: sealing.sealTo(sealing.fromHex(data.reading.public), key),
        [`words/${language}`]: sealing.seal(sealing.tidy(given.get("words")), key, place(`words/${language}`)),
        facts: sealing.seal(JSON.stringify(facts), key, place("facts")),
        ...nameOf(given, place),
        ...(await voiceOf(given, key)),
      };
      const open = [...given].filter(([name, value]) => typeof value === "string" && !SEALED.includes(name));
      const answers = {
        id, receipt, acknowledge: sealing.hex(proof), ticket: given.get("ticket"), page: data.page,
        reading: data.reading.version, lent, answers: { ...Object.fromEntries(open), seen: described.mark },
      };
      return sealing.sealParcel(sealing.fromHex(data.intake), data.forum, JSON.stringify(answers), parts);
    }

    const SEALED = ["words", "name", "region", "capacity", "precision", "audio", "ticket", "csrfmiddlewaretoken", "send", "look"];

    // A name has a key of its own, in two shares, each for one half of custody (docs/adr/0008-custody-in-two-halves.md).
    function nameOf(given, place) {
      const name = sealing.tidy(given.get("name") ?? "");
      if (!name || !data.custody) return {};
      const key = sealing.random(32), first = sealing.random(32);
      const shares = { first_half: first, other_half: key.map((byte, at) => byte ^ first[at]) };
      const parts = { name: sealing.seal(name, key, place("name")) };
      for (const [half, { version, public: theirs }] of Object.entries(data.custody)) {
        const share = sealing.joined(sealing.prefixed(place(`name/${half}`)), shares[half]);
        parts[`name/${half}/${version}`] = sealing.sealTo(sealing.fromHex(theirs), share);
      }
      return parts;
    }

    async function voiceOf(given, key) {
      const voice = given.get("audio");
      if (!voice?.size) return {};
      const bytes = new Uint8Array(await voice.arrayBuffer());
      const id = sealing.uuid();
      const parts = {};
      // The last part is shorter than the others, even empty: so its end is seen.
      for (let number = 0; number * PART <= bytes.length; number += 1) {
        const part = bytes.subarray(number * PART, (number + 1) * PART);
        const field = `original/${number}`;
        parts[`recording/${id}/${field}`] = sealing.seal(part, key, sealing.header("recording", id, field));
      }
      return parts;
    }

    function showKept(given, described, receipt, at) {
      const page = sheet.part("kept");
      const card = sealing.serial(given.get("serial") ?? "");
      page.querySelector(card ? "[data-own]" : "[data-card]").remove();
      page.querySelector("[data-numbers]").textContent = card ? card.match(/../g).join("\u00a0") : sealing.inPairs(receipt);
      page.querySelectorAll("[data-taken]").forEach((one) => (one.hidden = !worker));
      for (const line of page.querySelectorAll("li")) {
        line.textContent = line.textContent.replace("{who}", described.who);
        const [name, value] = (line.dataset.if ?? "").split("=");
        if (name && given.get(name) !== value) line.remove();
      }
      const arrived = page.querySelector("[data-arrived]");
      arrived.textContent = sheet.say("held");
      queue.heard.add((place, said) => {
        if (place !== at) return;
        const isDone = DONE.includes(said);
        arrived.textContent = isDone ? sheet.say(said) : `${sheet.say("held")} ${sheet.say(said)}`;
        arrived.parentElement.classList.toggle("ok", isDone);
      });
      replace(page);
    }

    function replace(page) {
      queue.forget();
      form.reset();
      main.replaceChildren(page);
      history.replaceState(null, "", location.pathname);
      main.querySelector("h1").focus();
      scrollTo(0, 0);
    }

    return answered;
  }
})();
