import type { CallView, Hole, Snapshot } from '../bindings';
import { type Words, plain } from '../i18n/words';
import { dayKey, dayName, hour, moment } from '../lib/format';
import { lineName } from '../lib/lines';

/** A row of the journal: a call, or a time in which calls couldn't be heard. */
export type Row = { at: string; call: CallView; hole?: undefined } | { at: string; hole: Hole; call?: undefined };

export interface Day {
  key: string;
  name: string;
  rows: Row[];
}

/** One key for one call of one line: the same call id may show under two of them. */
export const callKey = (call: CallView): string => `${call.account}\n${call.call}`;

export const rowKey = (row: Row): string => (row.call ? callKey(row.call) : `hole\n${row.hole.from}`);

/** Calls and holes in one line, newest first; a hole that several pages tell of stands once. */
export function merge(calls: readonly CallView[], holes: readonly Hole[]): Row[] {
  const once = holes.filter((hole, at) => holes.findIndex((other) => other.from === hole.from) === at);
  const rows: Row[] = [
    ...once.map((hole): Row => ({ at: hole.from, hole })),
    ...calls.map((call): Row => ({ at: call.started_at, call })),
  ];
  return rows.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** Rows by local day, in the order in which they come. */
export function byDay(rows: readonly Row[], now: Date, words: Words): Day[] {
  const days: Day[] = [];
  for (const row of rows) {
    const key = dayKey(row.at);
    let day = days.at(-1);
    if (day?.key !== key) {
      day = { key, name: dayName(row.at, now, words), rows: [] };
      days.push(day);
    }
    day.rows.push(row);
  }
  return days;
}

/** What a coverage mark says. An end on another day is told with its date. */
export function holeText(hole: Hole, words: Words): string {
  const from = hour(hole.from, words);
  if (hole.until === null) return words.t('window-calls-hole-open', { from });
  const same = dayKey(hole.from) === dayKey(hole.until);
  const until = same ? hour(hole.until, words) : moment(hole.until, words);
  return words.t(`window-calls-hole-${hole.state === 'open' ? 'awaited' : hole.state}`, { from, until });
}

/** What became of a call; where it was answered, when it rang on several lines of this desk and not here. */
export function outcomeText(call: CallView, snapshot: Snapshot | null, words: Words): string {
  if (call.outcome !== 'answered' || call.answered_on == null) return words.t(outcomeLabel(call));
  const line = snapshot === null ? plain(call.answered_on) : lineName(call.answered_on, snapshot);
  return words.t('window-calls-answered-on', { line });
}

/** Id of the sentence for what became of a call. */
export function outcomeLabel(call: CallView): string {
  const incoming = call.direction === 'incoming';
  switch (call.outcome) {
    case 'ringing':
      return incoming ? 'window-calls-ringing-in' : 'window-calls-ringing-out';
    case 'talking':
      // It may have rung elsewhere too, and nobody tells on which phone it was taken.
      return incoming ? 'window-calls-answered-in' : 'window-calls-talking';
    case 'answered':
      return incoming ? 'window-calls-answered-in' : 'window-calls-answered-out';
    case 'missed':
      return 'window-calls-missed';
    case 'no_answer':
      return 'window-calls-no-answer';
    case 'unknown':
      return 'window-calls-unknown';
  }
}
