import type { CredentialKind, DialStage, Snapshot } from '../../bindings';
import type { Backend, Link } from '../backend';
import { aBook, person } from './contacts';
import { FakeAgent } from './fake';
import { aBusyDesk } from './journal';
import { call, dialAt, direct, ready, says, unset } from './state';

/** What tests and pictures hold on to. */
export interface FakeHandle {
  agent: FakeAgent;
}

declare global {
  var fake: FakeHandle | undefined;
}

/**
 * Puts an agent into the page: `?scene=ready&lang=en&theme=dark`, and `&live` to let calls go on by themselves as with a phone
 * in one's hand.
 */
export function installFake(query: URLSearchParams): Backend {
  const now = new Date();
  const scene = query.get('scene') ?? 'ready';
  const { snapshot, link } = SCENES[scene]?.(now) ?? { snapshot: ready(now) };
  const language = query.get('lang') ?? 'fr';
  const theme = query.get('theme') ?? 'system';
  const agent = new FakeAgent({ ...snapshot, language, settings: { ...snapshot.settings, theme } }, link);
  if (scene === 'servers') {
    agent.servers.carddav = 'read';
    agent.servers.ldap = says('ldap-trouble-password', { host: 'annuaire.example' });
  }
  if (scene === 'journal') Object.assign(agent, aBusyDesk(now));
  if (BOOKLESS.has(scene)) agent.book = [];
  else agent.book = scene === 'hostile' ? hostileBook() : aBook();
  if (query.has('live')) agent.afterDial = () => goOn(agent);
  globalThis.fake = { agent };
  return agent.backend;
}

/** Desks that have no contact yet. */
const BOOKLESS = new Set(['first', 'direct']);

/** Names that try to be something else than text. */
const hostileBook = () => [
  person('<img src=x onerror="document.title=1">', [['work', '+33199001234']], {
    company: '<b>société</b>',
    favourite: true,
  }),
  person('\u202e4321 00 99 10\u202c', [['mobile', '+33199001235']], { note: '\u202e<i>note</i>'.repeat(50) }),
  person('W'.repeat(120), [['other', '<script>1</script>']]),
  person('x'.repeat(10_000), [['work', '+33199001236']], {
    company: '<b>société</b>'.repeat(700),
    note: 'y'.repeat(10_000),
  }),
];

interface Scene {
  snapshot: Snapshot;
  link?: Link;
}

const stage =
  (stage: DialStage) =>
  (now: Date): Scene => ({ snapshot: { ...ready(now), dial: dialAt(now, stage) } });

/** A desk that serves two lines; the last call came in on the second. */
function twoLines(now: Date): Snapshot {
  const base = ready(now);
  const onSecond = { account: '4207002', line: '01 99 00 00 02' };
  return {
    ...base,
    accounts: [
      { id: '4207001', default: true },
      { id: '4207002', default: false },
    ],
    recent: base.recent.map((call, at) => (at === 0 ? { ...call, ...onSecond } : call)),
  };
}

/** A desk whose settings say something everywhere. */
const rich = (now: Date): Scene => {
  const base = twoLines(now);
  return {
    snapshot: {
      ...base,
      settings: {
        ...base.settings,
        notify_outgoing: true,
        quiet_hours: '19:00-08:00 mon,tue,wed,thu,fri',
        silenced: [
          { number: '+33199001234', display: '01\u00a099\u00a000\u00a012\u00a034' },
          { number: '+442079460000', display: '+44\u00a020\u00a07946\u00a00000' },
        ],
        pop_when: 'ringing',
        pop_url: 'https://crm.example/clients?tel={e164}&nom={name}',
        pop_schemes: ['crm'],
        pop_program: '/opt/crm/bin/ouvrir-fiche',
        dial_hotkey: 'Ctrl+Alt+D',
        keep_days: 90,
        contacts_folder: '/home/accueil/Contacts partagés',
        extension_prefix: '+3319900',
        extension_length: 4,
      },
    },
  };
};

/** States that are worth looking at, by name. */
export const SCENES: Record<string, (now: Date) => Scene> = {
  ready: (now) => ({ snapshot: ready(now) }),
  journal: (now) => ({ snapshot: { ...ready(now), recent: [], missed: 0 } }),
  first: (now) => ({ snapshot: unset(now) }),
  direct: (now) => ({ snapshot: direct(now) }),
  lost: (now) => ({ snapshot: ready(now), link: 'lost' }),
  lines: (now) => ({ snapshot: twoLines(now) }),
  'lines-ended': (now) => ({ snapshot: { ...twoLines(now), dial: dialAt(now, 'ended', { account: '4207002' }) } }),
  'lines-question': (now) => ({
    snapshot: { ...twoLines(now), dial: dialAt(now, 'question', { account: '4207002' }) },
  }),
  named: (now) => {
    const number = { number: '+33639981234', display: '06\u00a039\u00a098\u00a012\u00a034' };
    const whom = { name: 'Élodie Exemple', company: 'Menuiserie Exemple', account: '4207002' };
    return {
      snapshot: {
        ...twoLines(now),
        dial: dialAt(now, 'talking', { ...number, ...whom, message: says('dial-talking', { number: number.display }) }),
      },
    };
  },
  down: (now) => ({
    snapshot: {
      ...ready(now),
      connection: { state: 'down', message: says('link-down-unreachable'), since: now.toISOString() },
    },
  }),
  refused: (now) => ({
    snapshot: {
      ...ready(now),
      connection: { state: 'refused', message: says('link-refused'), since: null },
      cannot_dial: says('cannot-dial-relay-refused'),
    },
  }),
  // As a company gives it out: the relay's address is there, its code isn't.
  unenrolled: (now) => ({
    snapshot: {
      ...ready(now),
      connection: { state: 'down', message: says('link-down-no-token'), since: null },
      cannot_dial: says('cannot-dial-not-enrolled'),
      accounts: [],
      recent: [],
      missed: 0,
      credentials: [],
    },
  }),
  trouble: (now) => ({
    snapshot: {
      ...ready(now),
      settings_problem: says('settings-broken', {
        file: '/home/accueil/.config/centrex-tray/settings.toml',
        line: '12',
      }),
      credentials: [{ kind: 'relay_token', account: null, present: false, problem: says('keychain-locked') }],
    },
  }),
  'cannot-dial': (now) => ({
    snapshot: { ...direct(now), cannot_dial: says('dial-failed-no-credential'), credentials: [] },
  }),
  rich,
  servers: (now) => {
    const base = ready(now);
    const settings = {
      ...base.settings,
      carddav_url: 'https://nuage.example',
      carddav_user: 'accueil',
      ldap_url: 'ldaps://annuaire.example',
      ldap_base: 'ou=personnes,dc=exemple,dc=fr',
      ldap_user: 'accueil@exemple.fr',
    };
    const kept = (kind: CredentialKind, account: string) => ({ kind, account, present: true, problem: null });
    const credentials = [
      ...base.credentials,
      kept('carddav_password', settings.carddav_user),
      kept('ldap_password', settings.ldap_user),
    ];
    return { snapshot: { ...base, settings, credentials } };
  },
  locked: (now) => {
    const base = ready(now);
    const given = rich(now).snapshot.settings;
    const locked = Object.keys(given).filter((key) => !['notify_missed', 'language', 'locked', 'file'].includes(key));
    return { snapshot: { ...base, settings: { ...given, locked } } };
  },
  enrol: (now) => ({
    snapshot: {
      ...unset(now),
      pending_enrolment: {
        id: 'link-1',
        relay: 'https://telephonie.relais.example',
        host: 'telephonie.relais.example',
      },
    },
  }),
  ringing: (now) => ({
    snapshot: {
      ...ready(now),
      live: [
        call(now, 0, { outcome: 'ringing', party: '06 39 98 12 34', number: '+33639981234' }),
        call(now, 4, { outcome: 'talking', direction: 'outgoing', party: '02 61 91 45 67', number: '+33261914567' }),
      ],
    },
  }),
  hostile: (now) => ({
    snapshot: {
      ...ready(now),
      missed: 0,
      recent: [
        call(now, 5, { party: '<img src=x onerror="document.title=1">', number: '+33199001234', line: '<b>ligne</b>' }),
        call(now, 9, { party: '\u202e4321 00 99 10\u202c', number: '+33199001234' }),
        call(now, 11, { party: 'W'.repeat(120), number: '+33199001234' }),
        call(now, 14, { party: 'x'.repeat(10_000), company: '<b>société</b>'.repeat(700), note: '\u202e<i>note</i>' }),
      ],
    },
  }),
  question: stage('question'),
  asking: stage('asking'),
  'pick-up': stage('pick_up'),
  calling: stage('calling'),
  talking: stage('talking'),
  ended: stage('ended'),
  failed: stage('failed'),
};

function goOn(agent: FakeAgent): void {
  const stages: [DialStage, number][] = [
    ['pick_up', 600],
    ['calling', 3000],
    ['talking', 6000],
    ['ended', 16_000],
  ];
  for (const [stage, after] of stages) {
    setTimeout(() => {
      if (agent.snapshot.dial !== null) agent.stage(stage);
    }, after);
  }
}
