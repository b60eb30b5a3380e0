import { FluentBundle, FluentNumber, FluentResource } from '@fluent/bundle';

import type { Message } from '../bindings';

/** The languages that the product speaks; French is the first and the fallback. */
export type Language = 'fr' | 'en';

/** Locale for dates and numbers: the 24-hour clock and day-before-month in both. */
export const LOCALES: Record<Language, string> = { fr: 'fr-FR', en: 'en-GB' };

export type Args = Record<string, string | number | FluentNumber>;

/** Says everything that the window says, in one language. */
export interface Words {
  readonly language: Language;
  readonly locale: string;
  /** A label of the window. */
  t(id: string, args?: Args): string;
  /** A sentence that came from the agent. */
  say(message: Message): string;
}

// Text from outside may carry characters that turn the reading direction around and make one number look like another.
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text from outside, without invisible characters that could disguise it. */
export function plain(text: string): string {
  return text.replace(BIDI_CONTROLS, '');
}

/** Sources: the text of the shared Fluent files by language. Throws on a file that Fluent can't read: a mistake of ours. */
export function makeWords(sources: Record<Language, string[]>): Record<Language, Words> {
  const bundles = { fr: bundle('fr', sources.fr), en: bundle('en', sources.en) };
  const words = (language: Language): Words => {
    const other = language === 'fr' ? bundles.en : bundles.fr;
    const find = (id: string, args: Args) => format(bundles[language], id, args) ?? format(other, id, args);
    const t = (id: string, args: Args = {}) => find(id, args) ?? id;
    return {
      language,
      locale: LOCALES[language],
      t,
      // An agent of another version may have sentences that this page lacks.
      say: (message) =>
        find(message.id, Object.fromEntries(Object.entries(message.args).map(([k, v]) => [k, argument(v)]))) ??
        t('window-unknown-sentence'),
    };
  };
  return { fr: words('fr'), en: words('en') };
}

/** As in the agent (`companion::words`): text stays text; only a short whole number also chooses the plural form. */
function argument(value: string): string | FluentNumber {
  const short = /^(0|[1-9]\d{0,4})$/.test(value) && Number(value) <= 65_535;
  return short ? new FluentNumber(Number(value), { useGrouping: false }) : plain(value);
}

function bundle(language: Language, texts: string[]): FluentBundle {
  // No isolation marks: they would travel along when a number is copied. `plain` keeps disguises out instead.
  const bundle = new FluentBundle(LOCALES[language], { useIsolating: false });
  for (const text of texts) {
    const errors = bundle.addResource(new FluentResource(text));
    if (errors.length > 0) throw new Error(`strings/${language}: ${errors.map(String).join('; ')}`);
  }
  return bundle;
}

function format(bundle: FluentBundle, id: string, args: Args): string | null {
  const [message, attribute] = id.split('.', 2);
  const found = message === undefined ? undefined : bundle.getMessage(message);
  const pattern = attribute === undefined ? found?.value : found?.attributes[attribute];
  // An argument that is missing leaves its own name in the sentence; nothing is thrown at the person.
  return pattern == null ? null : bundle.formatPattern(pattern, args, []);
}
