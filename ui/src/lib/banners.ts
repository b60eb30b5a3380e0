import type { Message, Place, Snapshot } from '../bindings';
import type { Link } from '../backend/backend';
import { needsCode } from './enrolled';

/** A line at the top of the window: something that the person should know wherever they are. */
export interface Banner {
  key: 'agent' | 'link' | 'settings' | 'journal' | 'record' | 'keychain' | 'connection' | 'restarted';
  tone: 'bad' | 'warn' | 'info';
  /** Id of the heading. */
  title: string | null;
  message: Message;
  action: 'start' | 'settings' | 'dismiss' | null;
}

const own = (id: string): Message => ({ id, args: {} });

/** Why no call can be placed, where the connection is the reason. */
const BY_CONNECTION = new Set([
  'cannot-dial-relay-refused',
  'cannot-dial-relay-unreachable',
  'cannot-dial-not-enrolled',
]);

/** Whether one of the banners says already why no call can be placed. */
export function isTold(cannotDial: Message, shown: Banner[]): boolean {
  const has = (key: Banner['key']) => shown.some((banner) => banner.key === key);
  if (has('agent')) return true;
  return BY_CONNECTION.has(cannotDial.id)
    ? has('connection')
    : cannotDial.id.startsWith('cannot-dial-keychain-') && has('keychain');
}

/** What to say at the top, worst first. A silent agent makes everything else hearsay: then only that is said. */
export function banners(
  snapshot: Snapshot | null,
  link: Link,
  place: Place,
  refusal: Message | null = null,
  restarted = false,
): Banner[] {
  if (refusal !== null && link !== 'up') {
    return [{ key: 'agent', tone: 'bad', title: null, message: refusal, action: null }];
  }
  if (link === 'lost') {
    return [{ key: 'agent', tone: 'bad', title: null, message: own('window-banner-agent-lost'), action: 'start' }];
  }
  if (snapshot === null) {
    const message = own('window-banner-agent-starting');
    return [{ key: 'agent', tone: 'info', title: null, message, action: null }];
  }
  const toSettings = place === 'settings' ? null : 'settings';
  const list: Banner[] = [];
  if (snapshot.link_problem !== null) {
    // First: a moment ago the person clicked it, and came here by it.
    list.push({
      key: 'link',
      tone: 'warn',
      title: 'window-banner-link',
      message: snapshot.link_problem,
      action: 'dismiss',
    });
  }
  if (snapshot.settings_problem !== null) {
    list.push({
      key: 'settings',
      tone: 'warn',
      title: 'window-banner-settings',
      message: snapshot.settings_problem,
      action: null,
    });
  }
  const keychain = snapshot.credentials.find((credential) => credential.problem !== null)?.problem;
  if (keychain != null) {
    list.push({ key: 'keychain', tone: 'bad', title: 'window-banner-keychain', message: keychain, action: null });
  }
  if (snapshot.connection.state === 'down' || snapshot.connection.state === 'refused') {
    const refused = snapshot.connection.state === 'refused';
    list.push({
      key: 'connection',
      tone: refused ? 'bad' : 'warn',
      title: 'window-banner-connection',
      message: snapshot.connection.message,
      action: refused || needsCode(snapshot) ? toSettings : null,
    });
  }
  if (snapshot.journal_problem !== null) {
    list.push({
      key: 'journal',
      tone: 'bad',
      title: 'window-banner-journal',
      message: snapshot.journal_problem,
      action: null,
    });
  }
  if (snapshot.record_problem !== null) {
    list.push({
      key: 'record',
      tone: 'warn',
      title: 'window-banner-record',
      message: snapshot.record_problem,
      action: toSettings,
    });
  }
  if (restarted) {
    const message = own('window-banner-restarted');
    list.push({ key: 'restarted', tone: 'info', title: null, message, action: 'dismiss' });
  }
  return list;
}
