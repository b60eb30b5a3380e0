import { readdirSync, readFileSync } from 'node:fs';

import { FluentResource } from '@fluent/bundle';
import { describe, expect, test } from 'vitest';

import { WORDS } from './shared';
import { makeWords, plain } from './words';

const root = new URL('../../../strings/', import.meta.url);
const ids = (language: string, file: string) =>
  [...new FluentResource(readFileSync(new URL(`${language}/${file}`, root), 'utf8')).body].map((entry) => entry.id);

/** The files that hold the page's own words. */
const own = readdirSync(new URL('fr/', root)).filter((file) => file.startsWith('window'));
const ownIds = () => own.flatMap((file) => ids('fr', file));

/** Every file of the page's own source, for the ids that it names. */
function sources(folder: URL): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = new URL(entry.isDirectory() ? `${entry.name}/` : entry.name, folder);
      if (entry.isDirectory()) return sources(path);
      return /\.(svelte|ts)$/.test(entry.name) && !/\.test\.ts$/.test(entry.name) ? readFileSync(path, 'utf8') : '';
    })
    .join('\n');
}
const rust = new URL('../../../src-tauri/src/', import.meta.url);
const shell = readdirSync(rust).map((file) => readFileSync(new URL(file, rust), 'utf8'));
const source = [sources(new URL('../', import.meta.url)), ...shell].join('\n');

describe('the shared strings', () => {
  test.each(readdirSync(new URL('fr/', root)))('%s has the same ids in both languages', (file) => {
    expect(ids('en', file).sort()).toEqual(ids('fr', file).sort());
  });

  test('every id that the page names exists', () => {
    const named = [...source.matchAll(/['"]((?:window|directories)-[a-z-]*[a-z])['"]/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(80);
    const known = new Set(ownIds());
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });

  // Ids that are put together: `window-calls-empty-${mode}`.
  const together = [...source.matchAll(/`((?:window|directories)-[a-z-]*)\$\{[^}]*\}([a-z-]*)`/g)].map((match) => ({
    start: match[1] ?? '',
    end: match[2] ?? '',
  }));

  test('ids that are put together begin with more than a whole file’s ids do', () => {
    expect(together.length).toBeGreaterThan(10);
    const wide = ['window-', 'window-settings-', 'window-calls-', 'window-contacts-', 'window-data-'];
    const tooWide = ({ start, end }: { start: string; end: string }) =>
      wide.includes(start) || (start === 'directories-' && end === '');
    expect(together.filter(tooWide)).toEqual([]);
  });

  test('every sentence of the page is used', () => {
    const used = (id: string) =>
      source.includes(`'${id}'`) ||
      source.includes(`"${id}"`) ||
      together.some(({ start, end }) => id.startsWith(start) && id.endsWith(end));
    expect(ownIds().filter((id) => !used(id))).toEqual([]);
  });

  test('every sentence of the agent in the page’s own examples exists', () => {
    const named = [...source.matchAll(/says\('([a-z-]+)'/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((id) => WORDS.fr.t(id) === id)).toEqual([]);
  });

  test.each(own)('French has its own spaces and apostrophes: %s', (file) => {
    const text = readFileSync(new URL(`fr/${file}`, root), 'utf8').replace(/^#.*$/gm, '');
    const values = [...text.matchAll(/=\s*(.*)$/gm)].map((match) => match[1] ?? '');
    expect(values.filter((value) => /'|« | »|[^\u00a0]:( |$)|[^\u202f][;?!]( |$)/.test(value))).toEqual([]);
  });
});

describe('saying', () => {
  const words = makeWords({
    fr: [
      'seule = Seulement ici\ncombien = { $n ->\n    [one] un seul\n   *[other] { $n } en tout\n }\nqui = Appel de { $party }',
    ],
    en: ['combien = { $n ->\n    [one] only one\n   *[other] { $n } in all\n }'],
  });

  test('a number chooses the form, and long digits stay as they are', () => {
    expect(words.fr.say({ id: 'combien', args: { n: '1' } })).toBe('un seul');
    expect(words.fr.say({ id: 'combien', args: { n: '4207' } })).toBe('4207 en tout');
    expect(words.fr.say({ id: 'combien', args: { n: '0033' } })).toBe('0033 en tout');
  });

  test('what one language lacks, the other says; what both lack is named', () => {
    expect(words.en.t('seule')).toBe('Seulement ici');
    expect(words.en.t('nulle-part')).toBe('nulle-part');
  });

  test('a missing argument is no exception', () => {
    expect(words.fr.t('qui')).toContain('Appel de');
  });

  test('text from outside can’t turn the direction of reading around', () => {
    expect(plain('\u202e4321\u202c')).toBe('4321');
    expect(words.fr.say({ id: 'qui', args: { party: '\u2067x\u2069' } })).toBe('Appel de x');
  });
});

test('a sentence that this version lacks is replaced by a plain one', () => {
  expect(WORDS.fr.say({ id: 'relay-on-fire', args: {} })).toMatch(/^Un problème est survenu/);
  expect(WORDS.en.say({ id: 'relay-on-fire', args: {} })).toMatch(/^Something went wrong/);
});
