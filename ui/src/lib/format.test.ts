import { describe, expect, test } from 'vitest';

import { WORDS } from '../i18n/shared';
import { dayName, duration, hour, moment, secondsBetween, timer } from './format';

const { fr, en } = WORDS;

describe('durations', () => {
  test.each([
    [0, '0\u202fs', '0 s'],
    [42, '42\u202fs', '42 s'],
    [125, '2\u00a0min 05\u202fs', '2 min 5 s'],
    [3725, '1\u202fh 02\u00a0min', '1 h 2 min'],
  ])('%i s', (seconds, french, english) => {
    expect(duration(seconds, fr)).toBe(french);
    expect(duration(seconds, en)).toBe(english);
  });

  test('a timer counts in two digits and shows hours only when there are some', () => {
    expect([0, 125, 3725].map(timer)).toEqual(['00:00', '02:05', '1:02:05']);
  });

  test('a clock that was set back gives no negative time, and no time gives none', () => {
    expect(secondsBetween('2026-03-04T10:00:10Z', '2026-03-04T10:00:00Z')).toBe(0);
    expect(secondsBetween('not a time', '2026-03-04T10:00:00Z')).toBe(0);
  });
});

describe('dates', () => {
  const now = new Date('2026-03-04T13:05:00Z');

  test('the hour has 24 of them in both languages', () => {
    expect(hour('2026-03-04T13:05:00Z', fr)).toBe('14:05');
    expect(hour('2026-03-04T13:05:00Z', en)).toBe('14:05');
    expect(hour('2026-03-04T23:05:00Z', en)).toBe('00:05');
  });

  test('a day is named as people name it', () => {
    expect(dayName('2026-03-04T00:30:00+01:00', now, fr)).toBe('Aujourd’hui');
    expect(dayName('2026-03-03T23:30:00+01:00', now, fr)).toBe('Hier');
    expect(dayName('2026-03-02T10:00:00Z', now, fr)).toBe('Lundi 2 mars');
    expect(dayName('2026-03-02T10:00:00Z', now, en)).toBe('Monday 2 March');
    expect(dayName('2025-12-24T10:00:00Z', now, fr)).toBe('Mercredi 24 décembre 2025');
  });

  test('a moment in full', () => {
    expect(moment('2026-03-04T13:05:00Z', fr)).toBe('4 mars 2026 à 14:05');
    expect(moment('2026-03-04T13:05:00Z', en)).toBe('4 March 2026 at 14:05');
  });
});
