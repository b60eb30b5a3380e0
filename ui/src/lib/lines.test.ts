import { expect, test } from 'vitest';

import { call } from '../backend/fake/state';
import { lineInFull, lineName } from './lines';

const now = new Date('2026-03-04T13:05:00Z');
const accounts = [
  { id: '4207001', default: true },
  { id: '4207002', default: false },
];
const one = (account: string, line: string) => call(now, 1, { account, line });

test('a line bears the number that most of its calls tell', () => {
  const recent = [one('4207001', '09 70 00 00 00'), one('4207001', '01 99 00 00 01'), one('4207001', '01 99 00 00 01')];
  const desk = { accounts, live: [], recent };
  expect(lineName('4207001', desk)).toBe('01 99 00 00 01');
  expect(lineInFull('4207001', desk)).toBe('01 99 00 00 01 (4207001)');
});

test('a line that never told its number bears its account', () => {
  const desk = { accounts, live: [one('4207002', '4207002')], recent: [one('4207001', '01 99 00 00 01')] };
  expect([lineName('4207002', desk), lineInFull('4207002', desk)]).toEqual(['4207002', '4207002']);
});

test('a number that two lines show tells neither apart', () => {
  const recent = [one('4207001', '01 99 00 00 00'), one('4207002', '01 99 00 00 00')];
  expect(accounts.map(({ id }) => lineName(id, { accounts, live: [], recent }))).toEqual(['4207001', '4207002']);
});
