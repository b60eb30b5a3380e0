const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(?=[:/]|$)/i;

/** A server's address as a person types it, made whole: over TLS (`secure`), on this very computer without. */
export function wholeAddress(typed: string, secure = 'https', open = 'http'): string {
  const text = typed.trim();
  if (text === '' || text.includes('://')) return text;
  return `${LOOPBACK.test(text) ? open : secure}://${text}`;
}

/** The host of an address, with its port when it isn't the usual one; what is no address stays as it is. */
export function hostOf(url: string): string {
  const host = /^[a-z]+:\/\/([^/?#]+)/i.exec(url)?.[1];
  return host?.replace(/^.*@/, '') ?? url;
}
