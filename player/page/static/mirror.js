// One's own face, and the place of the step on it. Pictures stay in this page: none is kept, none is sent.
"use strict";

const { marks, nose, parts } = JSON.parse(document.getElementById("data").textContent).mirror;
const video = at("video"), overlay = at("overlay"), glass = at("glass");
const WIDTH = 640, HEIGHT = 480;
const SLOW_MS = 60; // what a look may take with a GPU; without, it is rarer
const SELDOM_MS = 200;
const LOST_MS = 1200; // nobody for so long is nobody
const DARK = 30; // of 255, on average
const MEASURE_MS = 900;
const TURNED = 38; // degrees
const PUPILS_MM = 62, FINGER_MM = 16;
const NOSE_MM = 6; // what is so far behind the nose is hidden by it, not on it
const TOO_WIDE = 0.55; // of the fourth power of the turn's sine: a turned face is seen so much wider than it is
const BREATH_MS = 4000;
const PUPILS = [468, 473], EARS = [234, 454], CORNERS = [[33, 133], [263, 362]], BROW_TO_CHIN = [10, 152]; // of the mesh
const EYES = [ // with their lids, which may be closed
  [130, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25],
  [359, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255],
];
const asks = { audio: false, video: { facingMode: "user", width: { ideal: WIDTH }, height: { ideal: HEIGHT }, frameRate: { ideal: 30, max: 30 } } };

const small = document.createElement("canvas");
small.width = 16;
small.height = 12;

let mesh = null; // what sees a face
let face = null; // its landmarks in pixels: [x, y, z] each
let own = null; // its own measure
let count = 0; // of faces seen in the last look
let seenAt = performance.now();
let night = false;
let measuredAt = 0;
let cost = 0; // milliseconds of a look, smoothed
let looks = 0;
let share = 3; // without a GPU one look in so much time: the rest is for the voice
let calmed = null; // the camera that was asked for fewer pictures
let loop = 0; // which of the loops goes on: the newest
let state = ""; // why there is no mirror, or "" while there is

mirrored = true;
at("side").hidden = true;

// --- the one line

function tell(name) {
  state = name;
  document.body.classList.toggle("seen", !name);
  glass.hidden = !video.srcObject;
  sayWhat();
}

function sayWhat() {
  const beside = !state && current().some((mark) => !mark.spots.length);
  document.body.classList.toggle("beside", beside);
  const name = state || (face && Math.abs(turnOf(face)) > TURNED ? "turned" : beside ? "beside" : "");
  put("sight", name && texts[`mirror_${name}`]);
}

// --- looking

async function open() {
  if (!parts) return tell("missing");
  tell("loading");
  if (!(await camera())) return;
  try {
    mesh = mesh || (await prepared());
  } catch {
    return fail();
  }
  loop += 1;
  measuredAt = 0;
  look(loop);
}

async function prepared() {
  await load("face_mesh/face_mesh.js");
  const made = new FaceMesh({ locateFile: (file) => `face_mesh/${file}` });
  made.setOptions({ maxNumFaces: 2, refineLandmarks: true, minDetectionConfidence: 0.5, minTrackingConfidence: 0.5 });
  made.onResults(see);
  await made.initialize();
  return made;
}

function fail() {
  stop();
  tell("cannot");
}

async function camera() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia(asks);
    for (const track of stream.getTracks()) track.addEventListener("ended", () => { stop(); tell("none"); });
    video.srcObject = stream;
    await video.play();
    overlay.setAttribute("viewBox", `0 0 ${video.videoWidth} ${video.videoHeight}`);
    return true;
  } catch (error) {
    stop();
    tell(error && error.name === "NotAllowedError" ? "refused" : "none");
    return false;
  }
}

function stop() {
  if (video.srcObject) for (const track of video.srcObject.getTracks()) track.stop();
  video.srcObject = null;
  face = null;
  drawMarks();
}

function load(address) {
  return new Promise((loaded, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", loaded);
    script.addEventListener("error", failed);
    document.head.append(script);
  });
}

async function look(mine) {
  if (mine !== loop || !video.srcObject) return; // the camera was opened anew
  const began = performance.now();
  if (!document.hidden && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
    try {
      await mesh.send({ image: video });
    } catch {
      return fail();
    }
    const took = performance.now() - began;
    if (looks > 1) cost = cost ? 0.7 * cost + 0.3 * took : took; // the first one also makes ready
    if (slow()) calmDown(video.srcObject.getVideoTracks()[0]);
  }
  const again = () => look(mine);
  if (slow()) setTimeout(again, apart(cost) - (performance.now() - began));
  else if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(again);
  else requestAnimationFrame(again);
}

const slow = () => cost > SLOW_MS;
const apart = (ms) => Math.max(SELDOM_MS, share * ms);

// Without a GPU every picture of the camera is work for the processor, which the voice needs.
function calmDown(track) {
  if (track === calmed) return;
  calmed = track;
  track.applyConstraints({ frameRate: { max: 1000 / SELDOM_MS } }).catch(() => {});
}

function see({ multiFaceLandmarks: faces = [] }) {
  const now = performance.now();
  looks += 1;
  count = faces.length;
  if (count) seenAt = now;
  if (now - measuredAt > MEASURE_MS) {
    measuredAt = now;
    night = faces.length ? faces.every(dark) : dark(); // who stands behind in the dark makes no night
  }
  const { videoWidth: wide, videoHeight: high } = video;
  face = count === 1 && !night ? faces[0].map(({ x, y, z }) => [x * wide, y * high, z * wide]) : null;
  own = face && measured(face);
  if (face) tell("");
  else if (night) tell("dark");
  else if (count > 1) tell("two");
  else if (now - seenAt > LOST_MS || state) tell("nobody");
  drawMarks();
}

// Whether a face, or the whole picture without one, is too dark to be seen by whoever looks in.
function dark(points) {
  const { videoWidth: wide, videoHeight: high } = video;
  const ends = (values) => [Math.max(0, Math.min(...values)), Math.min(1, Math.max(...values))];
  const [left, right] = points ? ends(points.map(({ x }) => x)) : [0, 1];
  const [top, bottom] = points ? ends(points.map(({ y }) => y)) : [0, 1];
  const pen = small.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, left * wide, top * high, (right - left) * wide, (bottom - top) * high, 0, 0, small.width, small.height);
  const { data } = pen.getImageData(0, 0, small.width, small.height);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += data[i] + data[i + 1] + data[i + 2];
  return sum / (data.length * 0.75) < DARK;
}

// --- where a place is

const less = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (u, v) => [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

function turnOf(points) {
  const [x, , z] = less(points[EARS[1]], points[EARS[0]]);
  return (180 / Math.PI) * Math.atan2(z, x);
}

// The face by its own measure: mm to its left, down and away from between its eyes, with 62 between their middles.
function measured(points) {
  const unit = (a) => a.map((value) => value / Math.hypot(...a));
  const middle = (a, b) => a.map((value, i) => (value + b[i]) / 2), [brow, chin] = BROW_TO_CHIN;
  const [right, left] = CORNERS.map(([one, two]) => middle(points[one], points[two])), between = middle(right, left);
  const across = unit(less(left, right)), whole = less(points[chin], points[brow]), aslant = dot(whole, across);
  const down = unit(whole.map((value, i) => value - across[i] * aslant)), mm = far(left, right) / PUPILS_MM;
  const axes = [across, down, cross(across, down)];
  return { axes, mm, between, tooWide: TOO_WIDE * across[2] ** 4, flat: points.map((point) => axes.map((axis) => dot(less(point, between), axis) / mm)) };
}

// Where a place of the face that was seen is in the picture.
function narrowed(point) {
  const [across] = own.axes, aside = own.tooWide * dot(less(point, own.between), across);
  return point.map((value, i) => value - aside * across[i]);
}

// How many pixels the measure lays a place beside its spot.
function shift({ across, down, left_mm: left, down_mm: below, deep }, [one, two, three, first, second]) {
  const { axes, mm, flat } = own, of = (vertices, way) => mean(vertices.map((vertex) => flat[vertex][way]));
  const is = axes.map((_, way) => flat[one][way] * first + flat[two][way] * second + flat[three][way] * (1 - first - second));
  const by = [of(across, 0) + left - is[0], of(down, 1) + below - is[1], deep.length ? of(deep, 2) - is[2] : 0];
  return [0, 1, 2].map((i) => mm * by.reduce((sum, value, way) => sum + value * axes[way][i], 0));
}

// Where a spot is in the picture, and how much of it faces the camera: 1 straight, below 0 turned away.
function place(spot, measure) {
  const [one, two, three, first, second] = spot;
  const a = face[one], b = face[two], c = face[three], third = 1 - first - second;
  const normal = cross(less(b, a), less(c, a)), by = measure ? shift(measure, spot) : [0, 0, 0];
  const seen = by.map((value, i) => a[i] * first + b[i] * second + c[i] * third + value), [x, y] = narrowed(seen);
  return { x, y, faces: behindNose(...seen) ? -1 : -normal[2] / (Math.hypot(...normal) || 1) };
}

function behindNose(x, y, z) {
  const double = (p, q) => (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]);
  return nose.some((corners) => {
    const [a, b, c] = corners.map((vertex) => face[vertex]), sides = [double(b, c), double(c, a), double(a, b)];
    const size = sides[0] + sides[1] + sides[2], depth = (a[2] * sides[0] + b[2] * sides[1] + c[2] * sides[2]) / size;
    return (sides.every((side) => side > 0) || sides.every((side) => side < 0)) && z - depth > NOSE_MM * own.mm;
  });
}

const placesOf = (mark) => mark.spots.map((spot, i) => place(spot, mark.measures[i]));
const shows = (faces) => Math.min(1, Math.max(0, (faces - 0.03) / 0.2));

function current() {
  const step = steps[shown.step];
  return step ? step.marks.map((id) => marks[id]) : [];
}

// --- what is drawn on it

let drawn = []; // {mark, group, places, size}

function svg(name, kind, group) {
  const element = document.createElementNS(SVG, name);
  element.setAttribute("class", kind);
  group.append(element);
  return element;
}

function drawMarks() {
  overlay.replaceChildren();
  drawn = [];
  if (!face) return;
  const size = (far(face[PUPILS[0]], face[PUPILS[1]]) * FINGER_MM) / PUPILS_MM / 2;
  for (const mark of current().filter(({ spots }) => spots.length)) {
    const group = svg("g", `on ${mark.shape}`, overlay);
    group.dataset.side = mark.side;
    const places = placesOf(mark);
    const one = { mark, group, size, places, opacity: mean(places.map(({ faces }) => shows(faces))) };
    ({ point: drawPoint, line: drawLine, zone: drawZone })[mark.shape](one);
    drawn.push(one);
  }
  moveMarks();
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const path = (places) => "M" + places.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");

function drawPoint(one) {
  const [{ x, y }] = one.places;
  one.dot = svg("circle", "dot", one.group);
  for (const circle of [one.dot, svg("circle", "heart", one.group)]) {
    circle.setAttribute("cx", x.toFixed(1));
    circle.setAttribute("cy", y.toFixed(1));
    circle.setAttribute("r", (one.size / 5).toFixed(1));
  }
}

function drawLine(one) {
  const visible = one.places.filter(({ faces }) => faces > 0);
  one.opacity = visible.length / one.places.length;
  if (visible.length < 2) return;
  for (const kind of ["under", "track", "run"]) {
    one[kind] = svg("path", kind, one.group);
    one[kind].setAttribute("d", path(visible));
    one[kind].setAttribute("stroke-width", (one.size * { under: 0.75, track: 0.4, run: 1.1 }[kind]).toFixed(1));
  }
  one.length = one.run.getTotalLength();
  const head = svg("path", "tip", one.group), { x, y } = visible.at(-1), from = visible.at(-2);
  const angle = Math.atan2(y - from.y, x - from.x), long = 1.5 * one.size;
  const corner = (by) => ({ x: x - long * Math.cos(angle + by), y: y - long * Math.sin(angle + by) });
  head.setAttribute("d", path([{ x, y }, corner(0.5), corner(-0.5)]) + "Z");
}

function drawZone(one) {
  const eyes = EYES.map((eye) => path(eye.map((vertex) => narrowed(face[vertex])).map(([x, y]) => ({ x, y }))) + "Z");
  one.area = svg("path", "soft-area", one.group);
  one.area.setAttribute("d", path(one.places) + "Z" + (overlaps(one.places) ? eyes.join("") : ""));
}

// Whether an area goes round an eye: the eye itself stays free, lids and all.
function overlaps(places) {
  const eye = face[EYES[0][4]], other = face[EYES[1][4]];
  return [eye, other].some(([x, y]) => within(x, y, places));
}

function within(x, y, places) {
  let inside = false;
  places.forEach((one, i) => {
    const before = places.at(i - 1);
    if (one.y > y !== before.y > y && x < one.x + ((y - one.y) * (before.x - one.x)) / (before.y - one.y)) inside = !inside;
  });
  return inside;
}

function moveMarks(now = performance.now()) {
  const step = steps[shown.step], calm = still.matches;
  const breath = calm ? 0 : Math.sin((2 * Math.PI * now) / BREATH_MS);
  const counted = shown.place.part === "strokes" || shown.place.part === "time";
  const side = step && step.in_turn && counted && shown.place.count ? ["left", "right"][(shown.place.count - 1) % 2] : "";
  const period = step && step.stroke_s ? 1000 * step.stroke_s : 2000;
  for (const one of drawn) {
    const other = side && ![side, "mid"].includes(one.mark.side);
    one.group.style.opacity = (one.opacity * (other ? 0.25 : 1) * (one.area ? 0.9 + 0.1 * breath : 1)).toFixed(2);
    if (one.dot) one.dot.setAttribute("r", (one.size * (1 + 0.15 * breath)).toFixed(1));
    if (one.run) {
      const share = calm ? 1 : (now % period) / period;
      const way = one.mark.to_and_fro && !calm ? 1 - Math.abs(1 - 2 * share) : share;
      const piece = one.length * 0.3, begin = (one.length + piece) * ease(way) - piece;
      one.run.style.strokeDasharray = `0 ${Math.max(0, begin).toFixed(1)} ${(piece + Math.min(0, begin)).toFixed(1)} ${one.length.toFixed(1)}`;
      one.run.style.visibility = calm ? "hidden" : "";
    }
  }
}

function animate() {
  if (!slow() && drawn.length) moveMarks();
  requestAnimationFrame(animate);
}

stream.addEventListener("message", () => { sayWhat(); drawMarks(); });
if (navigator.mediaDevices) navigator.mediaDevices.addEventListener("devicechange", () => { if (state === "none") open(); });
requestAnimationFrame(animate);
open();
