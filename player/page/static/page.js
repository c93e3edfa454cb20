// Shows what the player says is to be seen, and passes on what is pressed. It decides nothing.
"use strict";

const { steps, texts, number } = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const counted = Math.max(0, ...steps.map((step) => step.number));
const SVG = "http://www.w3.org/2000/svg";
const HAND = 23; // its radius, in units of the drawing
const STROKE_S = 1; // of a movement that has no beat
let shown = { step: -1, can: [], place: {} };
let began = performance.now(); // of the stroke under way
let pace = 0; // milliseconds that the last stroke took
let mirrored = read("mirrored") !== "no";

for (const element of document.querySelectorAll("[data-text]")) element.textContent = texts[element.dataset.text];
for (const element of document.querySelectorAll("[data-text-label]"))
  element.setAttribute("aria-label", texts[element.dataset.textLabel]);

// --- what is shown

function show(next) {
  const before = shown;
  shown = next;
  document.body.classList.remove("away");
  timeTheStroke(before.place, next.place, before.step === next.step);
  const step = steps[next.step];
  put("left", clock(next.left_s));
  put("step", step && step.number ? fill(texts.step, { step: step.number, of: counted }) : "");
  put("label", next.label);
  put("said", next.said);
  at("said").classList.toggle("long", next.said.length > 70);
  put("mode", next.mode);
  put("heard", next.heard);
  at("heard-line").classList.toggle("empty", !next.heard);
  put("trouble", next.lost.length ? texts.page_lost + " " + next.lost.join(", ") : "");
  showCan(next.can);
  showRing(next.place);
  showSigns(step);
  showPlaces(next.step);
}

function timeTheStroke(before, now, same) {
  if (before.count === now.count && before.part === now.part && before.set === now.set) return;
  const t = performance.now();
  pace = same && before.part === now.part && now.count > 1 ? t - began : 0;
  began = t;
}

function showRing(place) {
  let share = 0, count = "", of = "";
  if (place.count) {
    share = place.count / place.of;
    count = place.count;
    of = fill(texts.page_of, { of: place.of });
    if (place.part === "hold") of = texts.page_hold;
  } else if (place.of_s) {
    share = place.elapsed_s / place.of_s;
    count = clock(place.of_s - place.elapsed_s);
  }
  at("ring").toggleAttribute("hidden", !place.of && !place.of_s);
  put("count", count);
  at("count").classList.toggle("time", !place.count);
  put("of", of);
  at("done").style.strokeDasharray = `${100 * Math.min(1, share)} 100`;
}

function showSigns(step) {
  row("hand", step && step.hand);
  row("pressure", step && step.pressure && texts[`page_pressure_${step.pressure}`]);
  put("dots", step ? "●".repeat(step.pressure) + "○".repeat(3 - step.pressure) : "");
  const soon = steps[shown.step + 1];
  row("soon", soon && shown.step >= 0 && soon.label);
}

function row(name, text) {
  at(`${name}-row`).hidden = !text;
  put(name, text || "");
}

function showCan(can) {
  put("can", can.map((one) => texts[`say_${one}`]).join("\u00a0· "));
  at("can-line").hidden = !can.length;
  const over = Boolean(shown.ended);
  const asked = can.includes("yes") || can.includes("no");
  for (const button of document.querySelectorAll("[data-command]")) {
    const goesOn = button.dataset.command === "pause" && can.includes("resume") && !can.includes("pause");
    button.textContent = texts[goesOn ? "say_resume" : `say_${button.dataset.command}`];
    button.hidden = button.classList.contains("asked") && !asked;
    button.disabled = over || !(can.includes(button.dataset.command) || goesOn);
  }
}

function put(id, text) {
  const element = at(id);
  if (element.textContent !== String(text)) element.textContent = text;
}

const clock = (s) => `${Math.floor(Math.max(0, s) / 60)}:${String(Math.round(Math.max(0, s)) % 60).padStart(2, "0")}`;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

// --- the face

const views = [...document.querySelectorAll(".view")];
let hands = []; // what moves: {mark, dot, path}

function showPlaces(index) {
  const now = new Set(steps[index] ? steps[index].marks : []);
  const next = new Set(steps[index + 1] ? steps[index + 1].marks : []);
  for (const mark of document.querySelectorAll(".mark")) {
    mark.classList.toggle("now", now.has(mark.id));
    mark.classList.toggle("soon", next.has(mark.id) && !now.has(mark.id));
  }
  const lit = document.querySelector(".mark.now");
  const view = lit ? lit.closest(".view") : views.find((one) => !one.hasAttribute("hidden")) || views[0];
  for (const one of views) one.toggleAttribute("hidden", one !== view);
  turn(view);
  const key = [...now].join();
  if (key !== showPlaces.key) {
    showPlaces.key = key;
    for (const { dot } of hands) dot.remove();
    hands = [...document.querySelectorAll(".mark.now")].map(handOf);
  }
}

function handOf(mark) {
  const dot = document.createElementNS(SVG, "circle");
  dot.setAttribute("class", "hand");
  dot.setAttribute("r", HAND);
  mark.append(dot);
  return { mark, dot, path: mark.querySelector(".way"), box: mark.firstElementChild.getBBox() };
}

function turn(view) {
  const middle = Number(view.dataset.middle);
  const flipped = mirrored !== (view.dataset.turned === "yes");
  view.querySelector(".figure").setAttribute("transform", flipped ? `translate(${2 * middle} 0) scale(-1 1)` : "");
  put("side", texts[mirrored ? "page_facing" : "page_mirror"]);
  put("word-left", texts[mirrored ? "map_left" : "map_right"]);
  put("word-right", texts[mirrored ? "map_right" : "map_left"]);
}

// Where the hand is when a share of the stroke is done.
function move({ mark, dot, path, box }, motion, share) {
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  let spot = middle, size = HAND;
  if (path && (motion === "along" || motion === "fro")) {
    const way = motion === "fro" ? 1 - Math.abs(1 - 2 * share) : share;
    spot = path.getPointAtLength(path.getTotalLength() * ease(way));
  } else if (motion === "fro") {
    spot = { x: middle.x + 16 * Math.sin(2 * Math.PI * share), y: middle.y };
  } else if (motion === "along") {
    spot = { x: middle.x, y: middle.y + (box.height / 4) * (1 - 2 * ease(share)) };
  } else if (motion === "circle") {
    const r = box.width > 60 ? box.width / 5 : 16;
    spot = { x: middle.x + r * Math.cos(2 * Math.PI * share), y: middle.y + r * Math.sin(2 * Math.PI * share) };
  } else if (motion === "press") {
    size = HAND + 9 * Math.sin(Math.PI * share);
  }
  dot.setAttribute("cx", spot.x);
  dot.setAttribute("cy", spot.y);
  dot.setAttribute("r", size);
  mark.classList.toggle("resting", dot.hasAttribute("hidden"));
}

const ease = (share) => 0.5 - 0.5 * Math.cos(Math.PI * share);

function draw() {
  const step = steps[shown.step], place = shown.place;
  if (step && hands.length) {
    const counted = place.part === "strokes" || place.part === "time";
    const working = counted && !shown.still;
    const motion = place.part === "hold" ? "still" : step.motion;
    const stroke = pace || 1000 * (step.stroke_s || STROKE_S);
    const passed = (performance.now() - began) / stroke;
    const share = !working || still.matches ? 0 : place.part === "time" ? passed % 1 : Math.min(1, passed);
    const side = step.in_turn && counted && place.count ? ["left", "right"][(place.count - 1) % 2] : "";
    for (const hand of hands) {
      hand.dot.toggleAttribute("hidden", Boolean(side) && ![side, "mid"].includes(hand.mark.dataset.side));
      move(hand, motion, share);
    }
  }
  requestAnimationFrame(draw);
}

// --- what is pressed

for (const button of document.querySelectorAll("[data-command]"))
  button.addEventListener("click", () => {
    const goesOn = button.dataset.command === "pause" && shown.can.includes("resume") && !shown.can.includes("pause");
    fetch("press", { method: "POST", body: goesOn ? "resume" : button.dataset.command }).catch(() => away());
  });

at("side").addEventListener("click", () => {
  mirrored = !mirrored;
  keep("mirrored", mirrored ? "yes" : "no");
  showPlaces(shown.step);
});

at("invite").addEventListener("click", async () => {
  const answer = await fetch("invite", { method: "POST" });
  const { address, svg } = await answer.json();
  const code = new DOMParser().parseFromString(svg.replace("<svg", `<svg xmlns="${SVG}"`), "image/svg+xml");
  at("code").replaceChildren(document.adoptNode(code.documentElement));
  put("address", address);
  at("invited").showModal();
});

function read(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

function keep(name, value) {
  try { localStorage.setItem(name, value); } catch { /* then it is asked again next time */ }
}

// --- the stream, and the screen that stays awake

function away() {
  if (shown.ended) return;
  document.body.classList.add("away");
  put("trouble", texts.page_away);
}

let stream = null;

// A browser keeps six lines open to one address, for all its pages: one that nobody sees takes none.
function follow() {
  const seen = document.visibilityState === "visible";
  if (seen === Boolean(stream)) return;
  if (!seen) {
    stream.close();
    stream = null;
    return;
  }
  stream = new EventSource("events");
  stream.addEventListener("message", (event) => {
    const next = JSON.parse(event.data);
    if (next.number > number) location.reload(); // another part of the evening, with other steps
    else if (!(next.number < number)) show(next);
  });
  stream.addEventListener("error", () => {
    if (shown.ended && stream) stream.close();
    away();
  });
}

async function stayAwake() {
  try { if (document.visibilityState === "visible") await navigator.wakeLock.request("screen"); } catch { /* not here */ }
}
document.addEventListener("visibilitychange", stayAwake);
document.addEventListener("visibilitychange", follow);
follow();
stayAwake();
requestAnimationFrame(draw);
