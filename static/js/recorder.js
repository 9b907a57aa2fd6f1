// Recording a voice on the page. What is recorded goes into the file field of the form and nowhere else, so whatever
// sends the form needs to know nothing of it; nothing is stored. Without this file the field opens the telephone's own.
"use strict";
(() => {
  const field = document.querySelector("#id_audio");
  const desk = document.querySelector(".recorder");
  if (!field || !desk) return;
  const form = field.form;
  const BITS = 24000; // a second: a quarter of an hour is 2.7 MB
  const LONGEST = Number(desk.dataset.longest) * 60; // seconds
  const part = (name) => desk.querySelector(`[data-do=${name}]`);
  const player = desk.querySelector("audio");
  let recorder = null, clock = 0, seconds = 0, heard = "";

  function say(name) {
    for (const line of desk.querySelectorAll("[data-say]")) line.hidden = line.dataset.say !== name;
  }

  function show() {
    const isOn = recorder?.state === "recording";
    part("record").hidden = isOn || field.files.length > 0;
    part("stop").hidden = !isOn;
    part("away").hidden = isOn || !field.files.length;
    player.hidden = isOn || !field.files.length;
    URL.revokeObjectURL(heard);
    heard = field.files.length && !isOn ? URL.createObjectURL(field.files[0]) : "";
    if (heard) player.src = heard;
    else player.removeAttribute("src");
    askForVoice();
  }

  // The voice is asked about only where there is one.
  const screen = document.querySelector("#voice");
  const before = screen?.previousElementSibling.querySelector(".ways a.first");
  const after = screen?.nextElementSibling.querySelector(".ways a.btn:not(.first)");
  const [on, back] = [screen?.nextElementSibling.id, screen?.previousElementSibling.id];
  function askForVoice() {
    if (!screen) return;
    const isAsked = field.files.length > 0 || recorder?.state === "recording";
    if (before) before.href = `#${isAsked ? "voice" : on}`;
    if (after) after.href = `#${isAsked ? "voice" : back}`;
    for (const choice of form.querySelectorAll("[name=voice]")) choice.required = isAsked;
  }

  async function record() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true } });
    } catch {
      return say("no");
    }
    const pieces = [];
    recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS });
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onstop = () => {
      clearInterval(clock);
      stream.getTracks().forEach((track) => track.stop());
      const isKept = recorder !== null;
      recorder = null;
      if (isKept) put(new Blob(pieces, { type: pieces[0]?.type }));
    };
    recorder.start(1000);
    seconds = 0;
    clock = setInterval(tick, 1000);
    say("on");
    tick();
    show();
    part("stop").focus();
  }

  function tick() {
    desk.querySelector("b").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= LONGEST) recorder?.stop();
    seconds += 1;
  }

  function put(blob) {
    const files = new DataTransfer();
    files.items.add(new File([blob], "voice", { type: blob.type }));
    field.files = files.files;
    say(seconds > LONGEST ? "full" : "done");
    show();
    part("away").focus();
  }

  part("record").addEventListener("click", record);
  part("stop").addEventListener("click", () => recorder?.stop());
  part("away").addEventListener("click", () => {
    field.value = "";
    say("");
    show();
    part("record").focus();
  });
  field.addEventListener("change", () => {
    say("");
    show();
  });
  // A form that was sent, or left quickly, keeps no voice in the page; nor does one that is left while it records.
  const forget = () => {
    const last = recorder;
    recorder = null;
    last?.stop();
    say("");
    setTimeout(show);
  };
  form.addEventListener("reset", forget);
  window.addEventListener("pagehide", forget);
  // The microphone is let go before the form leaves.
  form.addEventListener("submit", (event) => {
    if (recorder?.state !== "recording") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toScreen("#speaking");
    part("stop").focus();
  }, true);

  if (window.MediaRecorder && navigator.mediaDevices && window.DataTransfer) desk.hidden = false;
  show();
})();
