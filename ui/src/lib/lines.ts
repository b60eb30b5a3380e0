import type { Snapshot } from '../bindings';
import { plain } from '../i18n/words';

/**
 * What a line is called: the number that most of its calls tell, when it tells the line apart from the others of this desk; else
 * its account.
 */
export function lineName(account: string, snapshot: Pick<Snapshot, 'accounts' | 'live' | 'recent'>): string {
  const own = numberOf(account, snapshot);
  const others = snapshot.accounts.filter(({ id }) => id !== account);
  const shared = others.some(({ id }) => numberOf(id, snapshot) === own);
  return plain(own === null || shared ? account : own);
}

/** The same, with the account where the number stands for it: `01 42 68 53 00 (4207001)`. */
export function lineInFull(account: string, snapshot: Pick<Snapshot, 'accounts' | 'live' | 'recent'>): string {
  const name = lineName(account, snapshot);
  return name === plain(account) ? name : `${name} (${plain(account)})`;
}

function numberOf(account: string, { live, recent }: Pick<Snapshot, 'live' | 'recent'>): string | null {
  const times = new Map<string, number>();
  // A call without a number of ours shows the account in its place.
  for (const call of [...live, ...recent])
    if (call.account === account && call.line !== account) times.set(call.line, (times.get(call.line) ?? 0) + 1);
  const [most] = [...times].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? null;
}
