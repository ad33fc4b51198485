// The controls of the page: each change asks the model and draws what it says.

const page = JSON.parse(document.getElementById("costs").textContent);
// The size of the pictures, and the costs of the view that was asked for.
let costs = page;
const element = (id) => document.getElementById(id);
const grouped = (number) => number.toLocaleString("en-US");
const plural = (count, thing) => `${grouped(count)} ${thing}${count === 1 ? "" : "s"}`;
const MOST = 10000;
// Okabe and Ito's colours; the busiest worker has one of its own.
const COLOURS = [[86, 180, 233], [0, 158, 115], [240, 228, 66], [204, 121, 167], [0, 114, 178], [180, 180, 180]];
const BUSIEST = [213, 94, 0];

/** The tiles of a name such as `4` (rows) or `32x32`: their costs and their size. */
function tiling(name) {
  const [rows, columns] = name.split("x").map(Number);
  const across = columns ? costs.width / columns : 1;
  const down = Math.ceil(costs.height / rows);
  const tiles = new Array(down * across).fill(0);
  if (columns) {
    const perRow = costs.width / costs.square, step = rows / costs.square;
    costs.squares.forEach((cost, square) => {
      const y = Math.floor(Math.floor(square / perRow) / step);
      tiles[y * across + Math.floor((square % perRow) / step)] += cost;
    });
  } else {
    costs.rows.forEach((cost, row) => (tiles[Math.floor(row / rows)] += cost));
  }
  return { tiles, rows, columns: columns || costs.width, across };
}

/** A whole number from a field; what is none counts as the least one. */
function whole(id) {
  const field = element(id);
  const number = Math.round(Number(field.value)) || 0;
  return Math.min(Math.max(number, Number(field.min)), Number(field.max));
}

/** What the controls say. */
function asked() {
  return {
    view: element("view").value,
    workers: whole("workers"),
    schedule: element("schedule").value,
    tile: element("tile").value,
    price: { request: whole("request"), service: whole("service") },
  };
}

function update() {
  const ask = asked();
  costs = { ...page, ...page.views[ask.view] };
  const cut = tiling(ask.tile);
  const run = predict(cut.tiles, ask.workers, ask.schedule, ask.price);
  const total = sum(run.work), most = Math.max(...run.work);
  const speedup = total / run.makespan, imbalance = (most * ask.workers) / total;
  const onDemand = !["block", "cyclic", "optimal-blocks"].includes(ask.schedule);
  for (const id of ["request", "service"]) element(id).disabled = !onDemand;
  const price = `${time(ask.price.request)}, ${time(ask.price.service)} of it at the master`;
  element("price").value = onDemand ? price : "none: who computes what is agreed beforehand";
  const figures = {
    speedup: speedup.toFixed(2), efficiency: (speedup / ask.workers).toFixed(2), imbalance: imbalance.toFixed(2),
    makespan: grouped(run.makespan), busiest: grouped(most), tiles: grouped(cut.tiles.length),
  };
  for (const id in figures) element(id).textContent = figures[id];
  Object.assign(element("figures").dataset, {
    makespan: run.makespan, busiest: most, total, tiles: cut.tiles.length, work: digest(run.work),
  });
  const busiest = run.work.indexOf(most);
  element("says").textContent = sentence(ask, cut, run, { total, most, speedup, busiest, onDemand });
  drawChunks(cut, run.owner, busiest);
  drawBars(run.work, busiest, total / ask.workers);
  drawCurve(ask, cut.tiles, speedup);
}

/** A number that changes when any worker's work does. */
function digest(work) {
  return work.reduce((digest, one) => (digest * 31 + one) % 1000003, 0);
}

/** Iterations as time, where the machine's rate was measured. */
function time(iterations) {
  if (costs.nanoseconds === null) return plural(iterations, "iteration");
  const microseconds = (iterations * costs.nanoseconds) / 1000;
  if (microseconds >= 1e6) return `${(microseconds / 1e6).toFixed(2)} s`;
  if (microseconds >= 1e3) return `${(microseconds / 1e3).toFixed(1)} ms`;
  return `${microseconds.toFixed(1)} \u00b5s`;
}

/** What happened, and what holds it up. */
function sentence(ask, cut, run, { total, most, speedup, busiest, onDemand }) {
  const idle = run.work.filter((work) => work === 0).length;
  const share = ((100 * most) / total).toPrecision(2);
  let text = `The model: ${plural(ask.workers, "worker")}, ${ask.schedule.replace("-", " ")}: `;
  text += `${speedup.toFixed(1)} times as fast as one (${time(run.makespan)}). `;
  text += `Worker ${grouped(busiest)} is the busiest and does ${share} % of the work`;
  text += idle ? `; ${plural(idle, "worker")} ${idle === 1 ? "gets" : "get"} nothing. ` : ". ";
  const largest = Math.max(...cut.tiles);
  const asking = onDemand ? ask.price.request + ask.price.service : 0;
  const serving = onDemand ? cut.tiles.length * ask.price.service : 0;
  if (speedup > 0.95 * ask.workers) return `${text}Hardly anything is lost.`;
  if (serving > 0.9 * run.makespan) return `${text}The master is saturated: it hands out ${plural(cut.tiles.length, "tile")}, one after the other.`;
  if (largest + asking > 0.9 * run.makespan) return `${text}The costliest tile alone takes nearly all of that time: smaller tiles would help, more workers would not.`;
  if (cut.tiles.length < 2 * ask.workers) return `${text}There are only ${plural(cut.tiles.length, "tile")} for so many workers.`;
  return text + (onDemand ? "The last tiles and the requests take the rest." : "The shares are uneven.");
}

/** The light of a square of the picture: the costlier, the darker. */
function light(cost) {
  const costliest = Math.log(1 + costs.square ** 2 * costs.maxIter);
  return 1 - 0.6 * (Math.log(1 + cost) / costliest) ** 3;
}

/** The picture of the set in the colours of the workers. */
function drawChunks(cut, owner, busiest) {
  const canvas = element("chunks"), context = canvas.getContext("2d");
  const { width, height } = canvas, image = context.createImageData(width, height);
  const perRow = costs.width / costs.square, lights = costs.squares.map(light);
  for (let y = 0, place = 0; y < height; y++) {
    const row = Math.floor((y * costs.height) / height);
    for (let x = 0; x < width; x++, place += 4) {
      const column = Math.floor((x * costs.width) / width);
      const worker = owner[Math.floor(row / cut.rows) * cut.across + Math.floor(column / cut.columns)];
      const square = Math.floor(row / costs.square) * perRow + Math.floor(column / costs.square);
      const colour = worker === busiest ? BUSIEST : COLOURS[worker % COLOURS.length];
      for (let part = 0; part < 3; part++) image.data[place + part] = colour[part] * lights[square];
      image.data[place + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  canvas.setAttribute("aria-label", `Chunks. ${element("says").textContent}`);
}

const LEFT = 46, RIGHT = 350, TOP = 12, BOTTOM = 210;

/** An element of an SVG picture, as text. */
function svg(name, attributes, text = "") {
  const all = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
  return `<${name}${all.join("")}>${text}</${name}>`;
}

function label(x, y, anchor, text) {
  return svg("text", { x, y, "text-anchor": anchor, class: "label" }, text);
}

function frame(xName) {
  const line = svg("path", { d: `M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}`, class: "axis" });
  return line + label((LEFT + RIGHT) / 2, 246, "middle", xName);
}

/** The least of 1, 2, 5, 10 ... that is not below `number`. */
function round(number) {
  const decade = 10 ** Math.floor(Math.log10(number));
  return [1, 2, 5, 10].map((n) => n * decade).find((n) => n >= number * 0.999999);
}

function drawBars(work, busiest, mean) {
  const top = round(Math.max(...work)), wide = (RIGHT - LEFT) / work.length;
  const y = (value) => BOTTOM - ((BOTTOM - TOP) * value) / top;
  const bar = (one, worker) => {
    const x = LEFT + worker * wide;
    return one === 0 ? "" : `M${x.toFixed(2)} ${BOTTOM}V${y(one).toFixed(1)}h${Math.max(wide * 0.85, 0.5).toFixed(2)}V${BOTTOM}z`;
  };
  let text = frame(`worker 0 to ${grouped(work.length - 1)}`);
  for (const value of [0, top / 2, top]) text += label(LEFT - 4, y(value) + 4, "end", String(Number((value / 1e6).toPrecision(3))));
  text += svg("path", { d: work.map(bar).join(""), class: "bar" });
  text += svg("path", { d: bar(work[busiest], busiest), class: "bar busiest" });
  text += svg("path", { d: `M${LEFT} ${y(mean).toFixed(1)}H${RIGHT}`, class: "mean" });
  element("bars").innerHTML = text;
  element("bars").setAttribute("aria-label", `Work of ${plural(work.length, "worker")}. ${element("says").textContent}`);
}

const drawn = { key: "", points: [] };

function drawCurve(ask, tiles, speedup) {
  const key = JSON.stringify([ask.view, ask.schedule, ask.tile, ask.price]);
  if (drawn.key !== key) {
    const counts = Array.from({ length: 25 }, (_, place) => Math.round(10 ** (place / 6)));
    drawn.points = counts.map((workers) => [workers, sum(tiles) / predict(tiles, workers, ask.schedule, ask.price).makespan]);
    drawn.key = key;
  }
  const x = (value) => LEFT + ((RIGHT - LEFT) * Math.log10(value)) / Math.log10(MOST);
  const y = (value) => Math.min(BOTTOM, BOTTOM - ((BOTTOM - TOP) * Math.log10(value)) / Math.log10(MOST));
  let text = frame("workers P");
  for (const decade of [1, 10, 100, 1000, MOST]) {
    text += label(x(decade), BOTTOM + 16, decade === MOST ? "end" : "middle", grouped(decade));
    text += label(LEFT - 4, y(decade) + 4, "end", grouped(decade));
  }
  text += svg("path", { d: `M${x(1)} ${y(1)}L${x(MOST)} ${y(MOST)}`, class: "ideal" });
  const line = drawn.points.map(([workers, value]) => `${x(workers).toFixed(1)} ${y(value).toFixed(1)}`);
  text += svg("path", { d: `M${line.join("L")}`, class: "line" });
  text += svg("circle", { cx: x(ask.workers), cy: y(speedup), r: 5, class: "here" });
  element("curve").innerHTML = text;
  element("curve").setAttribute("aria-label", `Speed-up over workers, a model. With ${plural(ask.workers, "worker")} it is ${speedup.toFixed(2)}.`);
}

/** Sets the controls from the address, as in `#P=64&view=upper&schedule=dynamic&tile=8`. */
function readAddress() {
  const fields = new URLSearchParams(location.hash.slice(1));
  for (const [name, id] of [["P", "workers"], ["view", "view"], ["schedule", "schedule"], ["tile", "tile"], ["request", "request"], ["service", "service"]]) {
    const value = fields.get(name), field = element(id);
    const fits = field.options ? Array.from(field.options).some((option) => option.value === value) : value !== null;
    if (fits) field.value = value;
  }
  element("exponent").value = Math.log10(whole("workers"));
  update();
}

element("exponent").addEventListener("input", (event) => {
  element("workers").value = Math.round(10 ** Number(event.target.value));
  update();
});
element("workers").addEventListener("input", () => {
  element("exponent").value = Math.log10(whole("workers"));
  update();
});
for (const id of ["view", "schedule", "tile", "request", "service"]) element(id).addEventListener("input", update);
window.addEventListener("hashchange", readAddress);
readAddress();
