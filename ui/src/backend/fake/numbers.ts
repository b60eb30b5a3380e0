import type { Understood } from '../../bindings';
import { says } from './state';

const pairs = (national: string) => national.replace(/(\d{2})(?=\d)/g, '$1\u00a0');

function one(text: string): { number: string; display: string } | null {
  const digits = text.replace(/[^\d+]/g, '').replace(/^(\+33|0033)0?/, '0');
  return /^0[1-9]\d{8}$/.test(digits) ? { number: `+33${digits.slice(1)}`, display: pairs(digits) } : null;
}

const tooShort = (text: string) =>
  says('number-refused-too-short', { digits: String(text.replace(/\D/g, '').length), expected: '10' });

/**
 * What a text means, roughly: enough for the page to show each kind of answer. The real rules are in `crates/telephony`, and
 * tested there.
 */
export function understand(input: string, language: string): Understood {
  const nothing = { message: null, number: null, display: null, name: null, company: null, about: null, choices: [] };
  const text = input.trim();
  if (text === '') return { ...nothing, verdict: 'empty' };
  if (/^(15|17|18|112)$/.test(text)) {
    return { ...nothing, verdict: 'refuse', message: says('number-refused-emergency', { number: text }) };
  }
  const several = text.split(/[/\n]|Fax/i).map(one);
  if (several.length > 1 && several.every((n) => n !== null)) {
    const choices = several.flatMap((n, i) => (n === null ? [] : [{ ...n, label: i === 0 ? 'Tél.' : 'Fax' }]));
    return { ...nothing, verdict: 'choose', message: says('number-choose'), choices };
  }
  const found = one(text);
  if (found === null) {
    const short = text.replace(/\D/g, '').length < 10 && !/[a-z]/i.test(text);
    return short
      ? { ...nothing, verdict: 'incomplete', message: tooShort(text) }
      : { ...nothing, verdict: 'refuse', message: says('number-refused-letters') };
  }
  const display = language === 'fr' ? found.display : `+33\u00a0${found.display.slice(1)}`;
  if (found.number.startsWith('+3389')) {
    const message = says('number-confirm-premium', { number: display });
    return { ...nothing, verdict: 'confirm', message, number: found.number, display };
  }
  return {
    ...nothing,
    verdict: 'dial',
    message: says('number-will-dial', { number: display }),
    number: found.number,
    display,
  };
}
