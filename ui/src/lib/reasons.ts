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

export function namesSettings(reason: Message): boolean {
  return MENDED_IN_SETTINGS.has(reason.id);
}
