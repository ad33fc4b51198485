"use strict";
// The model of crates/kernels/src/schedule.rs, to the last digit. All is whole
// numbers below 2^53, which a number of JavaScript holds exactly.

/** The first of the block of 0..n that belongs to worker `part` of `parts`. */
function blockStart(n, parts, part) {
  return part * Math.floor(n / parts) + Math.min(part, n % parts);
}

/** The least time in which so many workers can be done. */
function bound(costs, workers) {
  const mean = Math.ceil(sum(costs) / workers);
  return costs.reduce((most, cost) => Math.max(most, cost), mean);
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * What `workers` would do with tiles of such `costs`: the `work` of each, the
 * `makespan`, and the `owner` of each tile. `price` has the iterations of a
 * `request` and of the master's `service`.
 */
function predict(costs, workers, schedule, price) {
  const tiles = costs.map((_, tile) => tile);
  switch (schedule) {
    case "block":
      return agreed(costs, workers, blocks(costs.length, workers));
    case "cyclic":
      return agreed(costs, workers, tiles.map((tile) => tile % workers));
    case "optimal-blocks":
      return agreed(costs, workers, optimalBlocks(costs, workers));
    case "dynamic":
      return onDemand(costs, tiles, workers, price, () => 1);
    case "guided":
      return onDemand(costs, tiles, workers, price, (left) => Math.ceil(left / workers));
    case "longest-first":
      tiles.sort((a, b) => costs[b] - costs[a]);
      return onDemand(costs, tiles, workers, price, () => 1);
    default:
      throw new Error(`no schedule is called ${schedule}`);
  }
}

function blocks(tiles, workers) {
  const owner = [];
  for (let worker = 0; worker < workers; worker++) {
    const end = blockStart(tiles, workers, worker + 1);
    while (owner.length < end) owner.push(worker);
  }
  return owner;
}

function agreed(costs, workers, owner) {
  const work = new Array(workers).fill(0);
  owner.forEach((worker, tile) => (work[worker] += costs[tile]));
  return { work, owner, makespan: Math.max(...work) };
}

/** Whoever is free asks, and gets as many of the tiles that are left as `howMany` says. */
function onDemand(costs, tiles, workers, price, howMany) {
  const work = new Array(workers).fill(0);
  const owner = new Array(costs.length);
  const free = new Free(workers);
  const there = Math.floor(price.request / 2);
  let next = 0, served = 0, makespan = 0;
  while (next < tiles.length) {
    const worker = free.first();
    served = Math.max(served, free.time[worker] + there) + price.service;
    const end = next + howMany(tiles.length - next);
    let cost = 0;
    for (; next < end; next++) {
      cost += costs[tiles[next]];
      owner[tiles[next]] = worker;
    }
    const done = served + (price.request - there) + cost;
    work[worker] += cost;
    makespan = Math.max(makespan, done);
    free.firstIsFreeAt(done);
  }
  return { work, owner, makespan };
}

/** When each worker is free, as a heap: of two at a time the one of lower number is first. */
class Free {
  constructor(workers) {
    this.time = new Array(workers).fill(0);
    this.heap = this.time.map((_, worker) => worker);
  }

  first() {
    return this.heap[0];
  }

  firstIsFreeAt(time) {
    const { heap } = this;
    this.time[heap[0]] = time;
    for (let place = 0; ; ) {
      let least = place;
      for (const child of [2 * place + 1, 2 * place + 2]) {
        if (child < heap.length && this.isBefore(heap[child], heap[least])) least = child;
      }
      if (least === place) return;
      [heap[place], heap[least]] = [heap[least], heap[place]];
      place = least;
    }
  }

  isBefore(a, b) {
    return this.time[a] < this.time[b] || (this.time[a] === this.time[b] && a < b);
  }
}

/** The owners of consecutive tiles, cut where the costliest block is as cheap as can be. */
function optimalBlocks(costs, workers) {
  let low = bound(costs, workers), high = sum(costs);
  while (low < high) {
    const limit = low + Math.floor((high - low) / 2);
    if (fill(costs, limit).at(-1) < workers) high = limit;
    else low = limit + 1;
  }
  return fill(costs, high);
}

/** The owners of tiles in blocks that cost at most `limit`, filled one after the other. */
function fill(costs, limit) {
  let worker = 0, filled = 0;
  return costs.map((cost) => {
    if (filled + cost > limit) {
      worker += 1;
      filled = 0;
    }
    filled += cost;
    return worker;
  });
}
