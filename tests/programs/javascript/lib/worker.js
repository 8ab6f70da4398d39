'use strict';

const { parentPort, workerData } = require('node:worker_threads');
const { words } = require('./text');

const cells = new Int32Array(workerData.shared);

parentPort.on('message', (lines) => {
  if (!lines) {
    Atomics.add(cells, 1, 1);
    Atomics.notify(cells, 1);
    parentPort.close();
    return;
  }
  for (const line of lines) for (const word of words(line)) Atomics.add(cells, 0, word.length);
});

if (workerData.fails) throw new RangeError(`worker ${workerData.number} was told to fail`);
