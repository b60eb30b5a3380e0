const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(?=[:/]|$)/i;

/** A relay's address as a person types it, made whole: relays are reached over TLS, one on this very computer without. */
export function relayAddress(typed: string): string {
  const text = typed.trim();
  if (text === '' || text.includes('://')) return text;
  return `${LOOPBACK.test(text) ? 'http' : 'https'}://${text}`;
}
