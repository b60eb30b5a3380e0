import type { CallView } from '../bindings';
import type { Words } from '../i18n/words';
import { dayKey, dayName } from '../lib/format';

export interface Day {
  key: string;
  name: string;
  calls: CallView[];
}

/** One key for one call of one line: the same call id may show under two of them. */
export const callKey = (call: CallView): string => `${call.account}\n${call.call}`;

/** Calls by local day, in the order in which they come. */
export function byDay(calls: readonly CallView[], now: Date, words: Words): Day[] {
  const days: Day[] = [];
  for (const call of calls) {
    const key = dayKey(call.started_at);
    let day = days.at(-1);
    if (day?.key !== key) {
      day = { key, name: dayName(call.started_at, now, words), calls: [] };
      days.push(day);
    }
    day.calls.push(call);
  }
  return days;
}

/** Id of the sentence for what became of a call. */
export function outcomeLabel(call: CallView): string {
  const incoming = call.direction === 'incoming';
  switch (call.outcome) {
    case 'ringing':
      return incoming ? 'window-calls-ringing-in' : 'window-calls-ringing-out';
    case 'talking':
      return 'window-calls-talking';
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
