import { type Language, makeWords, type Words } from './words';

const files = import.meta.glob<string>('../../../strings/*/*.ftl', { query: '?raw', import: 'default', eager: true });

const of = (language: Language) =>
  Object.entries(files)
    .filter(([path]) => path.includes(`/${language}/`))
    .map(([, text]) => text);

/** The strings shared with the agent, built into the page. */
export const WORDS: Record<Language, Words> = makeWords({ fr: of('fr'), en: of('en') });

/** The words for what a snapshot calls its language. */
export function wordsFor(language: string): Words {
  return language.startsWith('en') ? WORDS.en : WORDS.fr;
}
