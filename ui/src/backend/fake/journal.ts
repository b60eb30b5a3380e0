import type { CallPage, CallQuery, CallRef, CallView, Contact, Hole } from '../../bindings';
import { call, says } from './state';

export const sameCall = (call: CallView, at: CallRef) => call.account === at.account && call.call === at.call;

const bare = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

function matches(call: CallView, text: string): boolean {
  const digits = text.replace(/[\s.]/g, '');
  if (/^\+?\d+$/.test(digits)) return `${call.number} ${call.display?.replace(/\s/g, '')}`.includes(digits);
  const words = bare([call.party, call.company, call.note].join(' ')).split(/\s+/);
  return bare(text)
    .split(/\s+/)
    .every((asked) => words.some((word) => word.startsWith(asked)));
}

/** A page of the journal, as the agent gives it. */
export function searchJournal(calls: readonly CallView[], holes: readonly Hole[], query: CallQuery): CallPage {
  const found = calls.filter(
    (call) =>
      (query.text.trim() === '' || matches(call, query.text.trim())) &&
      (query.filter === 'all' ||
        query.filter === call.direction ||
        (query.filter === 'missed' && call.outcome === 'missed') ||
        (query.filter === 'to_call_back' && call.call_back === 'wanted')) &&
      (query.account === null || call.account === query.account) &&
      (query.from === null || Date.parse(call.started_at) >= Date.parse(query.from)),
  );
  const from = Number(query.after ?? 0);
  const to = from + (query.limit || 200);
  const page = found.slice(from, to);
  const newest = query.after === null ? Infinity : Date.parse(page[0]?.started_at ?? '');
  const oldest = to >= found.length ? -Infinity : Date.parse(page.at(-1)?.started_at ?? '');
  return {
    calls: page,
    next: to < found.length ? String(to) : null,
    holes: holes.filter(({ from }) => Date.parse(from) <= newest && Date.parse(from) >= oldest),
  };
}

const person = (id: string, name: string, company: string): Contact => ({
  id,
  name,
  company,
  numbers: [{ label: 'work', display: '01 99 00 40 00', dial: '+33199004000' }],
  note: null,
  favourite: false,
  own: true,
  why: says('contact-why-preview'),
  chosen: false,
});

/** Months of a desk: a few hundred calls, with names and without, and three times that nobody listened. */
export function aBusyDesk(now: Date): { older: CallView[]; holes: Hole[]; people: Contact[] } {
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
  const older = Array.from({ length: 320 }, (_, i) => {
    const end = String(1000 + i).replace(/(..)(..)/, '$1 $2');
    const display = `01 99 00 ${end}`;
    const number = `+33${display.replace(/\s/g, '').slice(1)}`;
    const named = i % 3 === 1 ? { party: `Élodie Correspondante ${i}`, company: 'Menuiserie Exemple' } : {};
    return call(now, 8 + i * 97, { display, party: display, number, ...named, ...(i % 5 === 0 ? MISSED : {}) });
  });
  const first = older[0];
  if (first !== undefined) older[0] = { ...first, ambiguous: true, shared: true, has_record: true };
  return {
    older,
    holes: [
      { from: ago(3), until: null, state: 'open' },
      { from: ago(150), until: ago(135), state: 'filled' },
      { from: ago(400), until: ago(390), state: 'gap' },
    ],
    people: [person('1', 'Accueil', 'Menuiserie Exemple'), person('2', 'Atelier', 'Menuiserie Exemple')],
  };
}

const MISSED = { outcome: 'missed', connected_at: null } as const;
