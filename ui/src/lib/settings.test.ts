import { describe, expect, test } from 'vitest';

import { ready } from '../backend/fake/state';
import { WORDS } from '../i18n/shared';
import { PAGES, summary } from '../settings/pages';
import { isName } from '../state/finder.svelte';
import { DAYS, dayWord, readQuiet, timeOfDay, USUAL, writeQuiet } from './quiet';
import { exampleOf } from './template';

describe('quiet hours', () => {
  test('are read and written as the settings have them', () => {
    expect(readQuiet('20:00-08:00 fri,mon')).toEqual({ from: '20:00', to: '08:00', days: ['mon', 'fri'] });
    for (const text of ['20:00-08:00 mon,fri', '00:00-00:00']) {
      const quiet = readQuiet(text);
      expect(quiet === null ? null : writeQuiet(quiet)).toBe(text);
    }
    expect(['', 'x', '20h-8h'].map(readQuiet)).toEqual([null, null, null]);
    expect(readQuiet(writeQuiet(USUAL))).toEqual(USUAL);
  });

  test('all days are no day in particular', () => {
    expect(writeQuiet({ from: '12:00', to: '14:00', days: [...DAYS] })).toBe('12:00-14:00');
  });

  test('a time is understood as people write it, and nothing else is one', () => {
    expect(['8', '8h', '8h30', '08:30', ' 23.59 ', '0'].map(timeOfDay)).toEqual([
      '08:00',
      '08:00',
      '08:30',
      '08:30',
      '23:59',
      '00:00',
    ]);
    expect(['', '24', '8:60', '8h3', 'midi', '8:30:00'].filter((typed) => timeOfDay(typed) !== null)).toEqual([]);
  });

  test('weeks begin on Monday', () => {
    expect(DAYS.map((day) => dayWord(day, 'fr-FR', 'long'))).toEqual([
      'lundi',
      'mardi',
      'mercredi',
      'jeudi',
      'vendredi',
      'samedi',
      'dimanche',
    ]);
  });
});

describe('the example of a record’s address', () => {
  test('is what would open, encoded', () => {
    expect(exampleOf(' https://crm.example/{name}?tel={e164} ')).toEqual({
      url: 'https://crm.example/%C3%89lodie%20Exemple?tel=%2B33199001234',
    });
  });

  test('names the first placeholder that doesn’t exist', () => {
    expect(exampleOf('https://crm.example/{nom}/{tel}')).toEqual({ unknown: 'nom' });
    expect(exampleOf('https://crm.example/{}')).toEqual({ unknown: '' });
  });
});

test('a name has letters and is no text with a number in it', () => {
  expect(['élodie', 'Ł', 'studio 54', 'd’Exemple'].every(isName)).toBe(true);
  expect(['', '0199', '+33', 'Tél. 01 99 00 12 34', '🙂'].some(isName)).toBe(false);
});

test('each page of the settings says what holds, in both languages', () => {
  const now = new Date('2026-03-04T13:05:00Z');
  const base = ready(now);
  const snapshot = {
    ...base,
    settings: { ...base.settings, quiet_hours: '20:00-08:00', keep_days: 90, contacts_folder: '/x' },
  };
  expect(PAGES.map((page) => summary(page, snapshot, WORDS.fr))).toMatchInlineSnapshot(`
    [
      "Relais",
      "entrants, manqués · heures calmes de 20:00 à 08:00",
      "Jamais",
      "Dossier surveillé",
      "Appels gardés 90 jours",
      "Système",
      "Version 0.1.0, vérification de cet ordinateur",
    ]
  `);
  for (const page of PAGES) {
    for (const words of [WORDS.fr, WORDS.en]) expect(summary(page, snapshot, words)).not.toMatch(/window-|\{/);
  }
});
