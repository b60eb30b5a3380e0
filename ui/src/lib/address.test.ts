import { expect, test } from 'vitest';

import { relayAddress } from './address';

test.each([
  ['', ''],
  ['  relais.example ', 'https://relais.example'],
  ['relais.example:8443/a', 'https://relais.example:8443/a'],
  ['https://relais.example', 'https://relais.example'],
  ['http://relais.example', 'http://relais.example'],
  ['localhost:8080', 'http://localhost:8080'],
  ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['[::1]:8080', 'http://[::1]:8080'],
  ['localhost.example', 'https://localhost.example'],
])('the relay typed as %j is %j', (typed, whole) => {
  expect(relayAddress(typed)).toBe(whole);
});
