import { expect, test } from 'vitest';

import { hostOf, wholeAddress } from './address';

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
])('the server typed as %j is %j', (typed, whole) => {
  expect(wholeAddress(typed)).toBe(whole);
});

test('a directory has schemes of its own', () => {
  expect(wholeAddress('annuaire.example', 'ldaps', 'ldap')).toBe('ldaps://annuaire.example');
  expect(wholeAddress('127.0.0.1:389', 'ldaps', 'ldap')).toBe('ldap://127.0.0.1:389');
});

test.each([
  ['https://nuage.example/dav/lise/', 'nuage.example'],
  ['ldaps://annuaire.example:3269', 'annuaire.example:3269'],
  ['https://relais.example?x', 'relais.example'],
  ['https://banque.example@autre.example/', 'autre.example'],
  ['nowhere', 'nowhere'],
])('the host of %j is %j', (url, host) => {
  expect(hostOf(url)).toBe(host);
});
