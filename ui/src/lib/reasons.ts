import type { Message } from '../bindings';

/** Why calls fail that the settings can mend: each of these sentences sends the person there. */
const MENDED_IN_SETTINGS = new Set([
  'dial-failed-wrong-key',
  'dial-failed-tls',
  'dial-failed-keychain-failed',
  'dial-failed-no-credential',
  'dial-failed-not-enrolled',
  'dial-failed-not-configured',
  'dial-failed-other-platform',
  'dial-failed-relay-refused',
]);

/** Why calls fail that no second try from here can mend: somebody else has to do something first. */
const BEYOND_A_RETRY = new Set([
  'dial-failed-number-refused',
  'dial-failed-rule-refused',
  'dial-failed-relay-refused',
  'dial-failed-relay-cannot-dial',
  'dial-failed-no-callback',
  'dial-failed-forbidden',
  'dial-failed-forbidden-by-relay',
  'dial-failed-wrong-key-by-relay',
  'dial-failed-tls-by-relay',
]);

/** Whether to try again may help. */
export function isWorthRetrying(reason: Message): boolean {
  return !BEYOND_A_RETRY.has(reason.id);
}

export function namesSettings(reason: Message): boolean {
  return MENDED_IN_SETTINGS.has(reason.id);
}
