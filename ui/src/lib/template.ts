/** What stands for what in the example of a record's address: a call that nobody made. */
const EXAMPLE: Record<string, string> = {
  e164: '+33199001234',
  national: '0199001234',
  name: 'Élodie Exemple',
  company: 'Menuiserie Exemple',
  line: '+33199000001',
  direction: 'incoming',
  call_id: '3f1c2d',
  account: '4207001',
  state: 'ringing',
};

/** The placeholders that an address may hold. */
export const PLACEHOLDERS = Object.keys(EXAMPLE);

/** As RFC 3986 has it: all but unreserved characters. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The address that would open for a call of the example, or the placeholder that doesn't exist. */
export function exampleOf(template: string): { url: string } | { unknown: string } {
  let unknown: string | null = null;
  const url = template.trim().replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = Object.hasOwn(EXAMPLE, name) ? EXAMPLE[name] : undefined;
    if (value === undefined) unknown ??= name;
    return encode(value ?? '');
  });
  return unknown === null ? { url } : { unknown };
}
