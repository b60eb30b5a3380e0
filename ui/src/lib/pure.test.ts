import { describe, expect, test } from 'vitest';

import { call, dialAt, ready, says, unset } from '../backend/fake/state';
import { byDay, holeText, merge, outcomeLabel, outcomeText } from '../calls/group';
import { WORDS } from '../i18n/shared';
import { dialled, sameButForSeparators } from '../state/pad.svelte';
import { banners } from './banners';
import { belongsToPad } from './keys';
import { legs } from './legs';
import { clip, LONGEST, oneLine } from './paste';

const now = new Date('2026-03-04T13:05:00Z');

test('pasted text stays whole up to its longest, and is shown on one line', () => {
  expect(clip('  01 99\n')).toBe('01 99');
  expect(clip('9'.repeat(LONGEST + 7))).toHaveLength(LONGEST);
  expect(oneLine('Tél.\r\n01\t99\u2028 00')).toBe('Tél. 01 99  00');
});

test('digits, letters, plus, star and hash belong to the pad; shortcuts do not', () => {
  const key = (key: string, ctrlKey = false) => belongsToPad({ key, ctrlKey, metaKey: false, altKey: false });
  expect(['0', 'a', 'Z', '+', '*', '#'].every((k) => key(k))).toBe(true);
  expect([' ', 'Enter', 'Tab', 'F1', 'é', '.'].some((k) => key(k))).toBe(false);
  expect(key('v', true)).toBe(false);
});

test('the two sides of a placed call claim no more than is known', () => {
  const at = (stage: Parameters<typeof dialAt>[1]) => legs(dialAt(now, stage));
  expect(at('question')).toEqual({ own: 'waiting', other: 'waiting' });
  expect(at('pick_up')).toEqual({ own: 'active', other: 'waiting' });
  expect(at('calling')).toEqual({ own: 'active', other: 'active' });
  expect(at('talking')).toEqual({ own: 'done', other: 'done' });
  expect(at('ended')).toEqual({ own: 'done', other: 'done' });
  expect(at('failed')).toEqual({ own: 'failed', other: 'untold' });
  expect(legs(dialAt(now, 'ended', { connected_at: null }))).toEqual({ own: 'untold', other: 'untold' });
});

describe('banners', () => {
  const keys = (...args: Parameters<typeof banners>) => banners(...args).map((banner) => banner.key);
  const down = { state: 'down' as const, message: says('link-down-lost'), since: null };

  test('all is well: nothing', () => expect(keys(ready(now), 'up', 'pad')).toEqual([]));

  test('a silent agent is all that is said', () => {
    expect(keys({ ...ready(now), connection: down }, 'lost', 'pad')).toEqual(['agent']);
    expect(keys(null, 'connecting', 'pad')).toEqual(['agent']);
  });

  test('a link that cannot be obeyed is explained before all else, until it is read', () => {
    const snapshot = { ...ready(now), connection: down, link_problem: says('link-unknown') };
    expect(keys(snapshot, 'up', 'settings')).toEqual(['link', 'connection']);
    expect(banners(snapshot, 'up', 'settings')[0]?.action).toBe('dismiss');
  });

  test('an agent of another version is quoted', () => {
    expect(banners(null, 'lost', 'pad', says('control-version'))[0]?.message.id).toBe('control-version');
  });

  test('each trouble has its own line', () => {
    const credentials = [
      { kind: 'relay_token' as const, account: null, present: false, problem: says('keychain-locked') },
    ];
    const snapshot = { ...ready(now), connection: down, credentials, settings_problem: says('settings-broken') };
    expect(keys(snapshot, 'up', 'calls')).toEqual(['settings', 'keychain', 'connection']);
    const more = { ...snapshot, journal_problem: says('journal-full'), record_problem: says('record-not-opened') };
    expect(keys(more, 'up', 'calls').slice(3)).toEqual(['journal', 'record']);
  });

  test('a page that takes the place of one that died says so, after the troubles that last', () => {
    expect(keys({ ...ready(now), connection: down }, 'up', 'pad', null, true)).toEqual(['connection', 'restarted']);
  });

  test('why nothing can be dialled is left to the pad itself', () => {
    const cannot_dial = says('dial-failed-no-credential');
    expect(keys({ ...ready(now), cannot_dial }, 'up', 'pad')).toEqual([]);
    expect(keys(unset(now), 'up', 'pad')).toEqual([]);
  });
});

test('calls are grouped by local day, in their order', () => {
  const calls = [call(now, 5), call(now, 60), call(now, 60 * 30)];
  const days = byDay(merge(calls, []), now, WORDS.fr);
  expect(days.map((day) => [day.name, day.rows.length])).toEqual([
    ['Aujourd’hui', 2],
    ['Hier', 1],
  ]);
});

test('an incoming call that was answered is not said to have been answered by me', () => {
  expect(WORDS.fr.t(outcomeLabel(call(now, 5)))).toBe('Pris');
  // On whose phone one that came in was taken isn't told, also while it goes on.
  expect(WORDS.fr.t(outcomeLabel(call(now, 5, { outcome: 'talking' })))).toBe('Pris');
  expect(WORDS.fr.t(outcomeLabel(call(now, 5, { outcome: 'talking', direction: 'outgoing' })))).toBe(
    'En communication',
  );
  expect(WORDS.fr.t('window-missed-badge', { count: 499 })).toBe('499 appels manqués');
  expect(WORDS.fr.t('window-missed-badge', { count: 500 })).toBe('500 appels manqués ou plus');
  expect(WORDS.fr.t(outcomeLabel(call(now, 5, { direction: 'outgoing' })))).toBe('Abouti');
});

test('a call answered on another line of the desk says which, by its number where that is known', () => {
  const elsewhere = call(now, 5, { answered_on: '4207002', connected_at: null });
  const desk = {
    ...ready(now),
    accounts: [
      { id: '4207001', default: true },
      { id: '4207002', default: false },
    ],
  };
  expect(outcomeText(elsewhere, null, WORDS.fr)).toBe('Pris sur la ligne 4207002');
  const told = { ...desk, recent: [call(now, 9, { account: '4207002', line: '01 99 00 00 02' })] };
  expect(outcomeText(elsewhere, told, WORDS.en)).toBe('Answered on line 01 99 00 00 02');
  expect(outcomeText(call(now, 5), told, WORDS.fr)).toBe('Pris');
});

test('what was pasted is shown when more than spaces, dots and dashes differ', () => {
  expect(sameButForSeparators('01.99-00 12\u201134', '01\u00a099\u00a000\u00a012\u00a034')).toBe(true);
  expect(sameButForSeparators('+33199001234', '01\u00a099\u00a000\u00a012\u00a034')).toBe(false);
});

test('recalled numbers are the dialled ones, newest first, each once', () => {
  const out = (number: string) => call(now, 5, { direction: 'outgoing', number });
  const snapshot = {
    ...ready(now),
    dial: dialAt(now, 'ended', { number: '+33199000003' }),
    live: [],
    recent: [out('+33199000002'), call(now, 6), out('+33199000003'), out('+33199000002'), out('+33199000001')],
  };
  expect(dialled(snapshot)).toEqual(['+33199000003', '+33199000002', '+33199000001']);
  expect(dialled(null)).toEqual([]);
});

test('times without connection stand between the calls, each once', () => {
  const calls = [call(now, 5), call(now, 60)];
  const hole = {
    from: new Date(now.getTime() - 30 * 60_000).toISOString(),
    until: new Date(now.getTime() - 10 * 60_000).toISOString(),
    state: 'filled' as const,
  };
  const rows = merge(calls, [hole, hole]);
  expect(rows.map((row) => row.call?.call ?? row.hole?.state)).toEqual([calls[0]?.call, 'filled', calls[1]?.call]);
  expect(holeText(hole, WORDS.fr)).toMatch(/^Non connecté de \d\d:35 à \d\d:55 – rattrapé$/);
  expect(holeText({ ...hole, state: 'open' }, WORDS.fr)).toMatch(/à \d\d:55 – pas encore rattrapé$/);
  expect(holeText({ ...hole, until: null, state: 'open' }, WORDS.en)).toMatch(/^Not connected since \d\d:35$/);
});
