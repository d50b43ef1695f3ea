// Ports for servers of tests and tools.
'use strict';

const { createServer } = require('node:net');

/** So many ports of loopback that nobody listens on now. */
async function freePorts(count) {
  const listeners = await Promise.all(
    Array.from({ length: count }, () => {
      const listener = createServer().listen(0, '127.0.0.1');
      return new Promise((settle) => listener.on('listening', () => settle(listener)));
    }),
  );
  const ports = listeners.map((listener) => listener.address().port);
  await Promise.all(listeners.map((listener) => new Promise((closed) => listener.close(closed))));
  return ports;
}

module.exports = { freePorts };
