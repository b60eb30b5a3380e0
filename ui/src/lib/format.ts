import type { Words } from '../i18n/words';

/** Whole seconds between two RFC 3339 times, never negative (clocks get set back). */
export function secondsBetween(from: string, to: string | number | Date): number {
  return Math.max(0, Math.floor((new Date(to).getTime() - new Date(from).getTime()) / 1000)) || 0;
}

/** `02:05`, `1:02:05`: a running timer. */
export function timer(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return h > 0 ? `${h}:${rest}` : rest;
}

/** `2 min 05 s` in French, `2 min 5 s` in English. */
export function duration(seconds: number, words: Words): string {
  const two = (n: number) => (words.language === 'fr' ? String(n).padStart(2, '0') : String(n));
  const h = Math.floor(seconds / 3600);
  const min = Math.floor(seconds / 60) % 60;
  const s = seconds % 60;
  if (h > 0) return words.t('window-duration-hours', { hours: String(h), minutes: two(min) });
  if (min > 0) return words.t('window-duration-minutes', { minutes: String(min), seconds: two(s) });
  return words.t('window-duration-seconds', { seconds: String(s) });
}

/** `14:05` */
export function hour(at: string, words: Words): string {
  return new Intl.DateTimeFormat(words.locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(at),
  );
}

/** `4 mars 2026 à 14:05`, `4 March 2026 at 14:05` */
export function moment(at: string, words: Words): string {
  return new Intl.DateTimeFormat(words.locale, { dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23' }).format(
    new Date(at),
  );
}

/** The local day of a time, to group by. */
export function dayKey(at: string | Date): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${d.getMonth() + 1}-${d.getDate()}`;
}

/** `Aujourd’hui`, `Hier`, `lundi 16 novembre`, with the year when it is another. */
export function dayName(at: string, now: Date, words: Words): string {
  const day = new Date(at);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (dayKey(day) === dayKey(now)) return words.t('window-calls-today');
  if (dayKey(day) === dayKey(yesterday)) return words.t('window-calls-yesterday');
  const sameYear = day.getFullYear() === now.getFullYear();
  const name = new Intl.DateTimeFormat(words.locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(day);
  return name.charAt(0).toLocaleUpperCase(words.locale) + name.slice(1);
}
