// Answering without a network: what is missing is said, the description is shown, and what was told is sealed (M5, M7).
// Called by outbox.js with the form, the keys and words of the page (sheet), and where to put what is sealed.
"use strict";
function telling({ form, main, sheet, queue, put, asker, isDesk }) {
  const PART = 120 << 10; // bytes: declarations/sealing/parts.py
  const { data } = sheet;
  let lookedUp = null; // what the server said of a card: { code, mark, who }

  async function answered(submitter) {
    const given = new FormData(form);
    const isRefused = given.get("adult") === "no" || given.get("may_read") === "no";
    // Of whoever is not recorded only a count is kept, and the server counts.
    if (isRefused) return navigator.onLine || !isDesk ? "own way" : turnAway(given);
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

  // Without a network the count waits too: sealed like all the rest, with no word in it and no answer but this one.
  async function turnAway(given) {
    for (const name of [...given.keys()]) if (!COUNTED.includes(name)) given.delete(name);
    given.set("words", "");
    const proof = sealing.random(32);
    const parcel = await sealed(given, { mark: "" }, sealing.receipt(), proof);
    replace(sheet.part("nothing-kept"));
    await put({ mark: sheet.mark, parcel, proof }).catch(() => {});
    queue.send();
  }
  const COUNTED = ["adult", "may_read", "language", "ticket", "website"];

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
    toScreen("#errors");
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
    // Of a copy: the words are still to be sealed.
    const question = new FormData();
    for (const [name, value] of given) if (!["words", "audio", "name"].includes(name)) question.append(name, value);
    question.set("look", "1");
    try {
      const answer = await fetch(location.pathname, { method: "POST", body: question, signal: AbortSignal.timeout(15000) });
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
    toScreen("#send");
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
    const at = await put({ mark: sheet.mark, parcel, proof });
    // From here on the words exist sealed alone.
    form.reset();
    showKept(given, described, receipt, at);
    if (isDesk) navigator.storage?.persist?.().catch(() => {});
    queue.send();
  }

  async function sealed(given, described, receipt, proof) {
    const id = sealing.uuid(), key = sealing.random(32), lent = sealing.hex(sealing.random(32));
    const language = given.get("written") || given.get("language"); // of the words, not of the voice
    const place = (field) => sealing.header("testimony", id, field);
    const facts = {
      region: given.get("region"), capacity: given.get("capacity"), sex: "", age: "",
      asked_by: asker, interpreter: given.get("interpreted") === "yes" ? "yes" : "", lent,
      heard: given.get("heard") ?? "",
    };
    const parts = {
      key: sealing.sealTo(sealing.fromHex(data.reading.public), key),
      [`words/${language}`]: sealing.seal(sealing.tidy(given.get("words")), key, place(`words/${language}`)),
      facts: sealing.seal(JSON.stringify(facts), key, place("facts")),
      ...nameOf(given, place),
      ...(await voiceOf(given, key)),
    };
    const open = [...given].filter(([name]) => OPEN.includes(name));
    const answers = {
      id, receipt, acknowledge: sealing.hex(proof), ticket: given.get("ticket"), page: data.page,
      reading: data.reading.version, lent, answers: { ...Object.fromEntries(open), seen: described.mark },
    };
    return sealing.sealParcel(sealing.fromHex(data.intake), data.forum, JSON.stringify(answers), parts);
  }

  // What the server checks on arrival, and nothing else: what is not named here never leaves the words' own seal.
  const OPEN = [
    "adult", "may_read", "language", "written", "code", "summarise", "quote", "voice", "listen", "website", "read_aloud", "interpreted", "serial",
  ];

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
    const said = document.getElementById("said");
    if (said && !card) page.querySelector(".receipt").append(document.importNode(said.content, true));
    if (typeof aloud === "object") aloud.offer(page);
    page.querySelectorAll("[data-taken]").forEach((one) => (one.hidden = !isDesk));
    for (const line of page.querySelectorAll("li")) {
      line.textContent = line.textContent.replace("{who}", described.who);
      const [name, value] = (line.dataset.if ?? "").split("=");
      if (name && given.get(name) !== value) line.remove();
    }
    const arrived = page.querySelector("[data-arrived]");
    arrived.textContent = sheet.say("held");
    queue.heard.add((place, said) => {
      if (place !== at) return;
      const isDone = queue.isDone(said);
      arrived.textContent = isDone || said === "discarded" ? sheet.say(said) : `${sheet.say("held")} ${sheet.say(said)}`;
      arrived.parentElement.classList.toggle("ok", isDone);
    });
    replace(page);
  }

  function replace(page) {
    queue.forget();
    form.reset();
    main.replaceChildren(page);
    history.replaceState(history.state, "", location.pathname);
    main.querySelector("h1").focus();
    scrollTo(0, 0);
  }

  return answered;
}
