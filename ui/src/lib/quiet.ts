/** The days of the week as the settings write them, Monday first. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** Hours without alerts. No day stands for every day. */
export interface Quiet {
  from: string;
  to: string;
  days: Day[];
}

/** What hours without alerts begin with, when a person switches them on: the evenings and nights of a working week. */
export const USUAL: Quiet = { from: '19:00', to: '08:00', days: ['mon', 'tue', 'wed', 'thu', 'fri'] };

/** `20:00-08:00 mon,tue` as its parts; nothing for none. */
export function readQuiet(text: string): Quiet | null {
  const match = /^(\d\d:\d\d)-(\d\d:\d\d)(?: (.+))?$/.exec(text);
  if (match === null) return null;
  const [, from = '', to = '', days = ''] = match;
  const named = days.split(',');
  return { from, to, days: DAYS.filter((day) => named.includes(day)) };
}

/** The parts as one text. All days are written as none. */
export function writeQuiet({ from, to, days }: Quiet): string {
  const some = days.length > 0 && days.length < DAYS.length;
  return some ? `${from}-${to} ${DAYS.filter((day) => days.includes(day)).join(',')}` : `${from}-${to}`;
}

/** A time of day as a person types it (`8`, `8h30`, `08:30`), as `08:30`; nothing when it is none. */
export function timeOfDay(typed: string): string | null {
  const match = /^(\d{1,2})\s*(?:[:h.]\s*(\d{2})?)?$/i.exec(typed.trim());
  if (match === null) return null;
  const [, hours = '', minutes = '00'] = match;
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  return `${hours.padStart(2, '0')}:${minutes}`;
}

/** A day's name in a language, from a week that began on a Monday. */
export function dayWord(day: Day, locale: string, length: 'long' | 'short' | 'narrow'): string {
  const at = new Date(2024, 0, 1 + DAYS.indexOf(day));
  return new Intl.DateTimeFormat(locale, { weekday: length }).format(at);
}
