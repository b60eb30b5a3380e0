import type { CallView, Dial, DialStage, Message, Snapshot } from '../../bindings';

/** A sentence by id. */
export const says = (id: string, args: Record<string, string> = {}): Message => ({ id, args });

const minute = 60_000;
const at = (now: Date, minutesAgo: number, plusSeconds = 0) =>
  new Date(now.getTime() - minutesAgo * minute + plusSeconds * 1000).toISOString();

let made = 0;

/** A call in a list, incoming and answered unless said otherwise. */
export function call(now: Date, minutesAgo: number, change: Partial<CallView> & { talk?: number } = {}): CallView {
  const { talk = 125, ...rest } = change;
  const outcome = rest.outcome ?? 'answered';
  const talked = outcome === 'answered' || outcome === 'talking';
  made += 1;
  return {
    account: '4207001',
    call: `call-${made}`,
    direction: 'incoming',
    outcome,
    answered_on: null,
    party: '01 99 00 12 34',
    number: '+33199001234',
    display: rest.party ?? '01 99 00 12 34',
    company: null,
    why: null,
    ambiguous: false,
    shared: false,
    note: null,
    call_back: 'none',
    has_record: false,
    silenced: false,
    about: null,
    line: '01 99 00 00 01',
    started_at: at(now, minutesAgo),
    connected_at: talked ? at(now, minutesAgo, 8) : null,
    ended_at: outcome === 'ringing' || outcome === 'talking' ? null : at(now, minutesAgo, talked ? 8 + talk : 30),
    status: null,
    unread: false,
    ...rest,
  };
}

/** Calls of the last days, as a desk would have them. */
export function someCalls(now: Date): CallView[] {
  return [
    call(now, 12, {
      outcome: 'missed',
      unread: true,
      party: 'Élodie Exemple',
      company: 'Menuiserie Exemple',
      display: '06 39 98 12 34',
      number: '+33639981234',
    }),
    call(now, 47, {
      direction: 'outgoing',
      party: 'Transports Modèle',
      display: '02 61 91 45 67',
      number: '+33261914567',
      talk: 384,
    }),
    call(now, 95, { outcome: 'missed', unread: true, party: '01 99 00 77 88', number: '+33199007788' }),
    call(now, 130, { party: 'Fournisseur étranger', display: '+44 20 7946 0000', number: '+442079460000', talk: 42 }),
    call(now, 60 * 26, {
      direction: 'outgoing',
      outcome: 'no_answer',
      party: '06 39 98 55 66',
      number: '+33639985566',
    }),
    call(now, 60 * 27, { outcome: 'missed', party: 'Numéro masqué', number: null }),
    call(now, 60 * 28, {
      party: 'Marguerite de la Fontaine-Duhamel',
      display: '05 36 49 11 22',
      number: '+33536491122',
      talk: 3725,
    }),
    call(now, 60 * 24 * 5, { outcome: 'unknown', party: '04 65 71 33 44', number: '+33465713344' }),
  ];
}

/** A desk that works through a relay and is connected. */
export function ready(now: Date): Snapshot {
  return {
    version: '0.1.0',
    profile: 'default',
    language: 'fr',
    mode: 'relay',
    connection: { state: 'live', message: says('link-live'), since: at(now, 240) },
    accounts: [{ id: '4207001', default: true }],
    cannot_dial: null,
    dial: null,
    live: [],
    live_more: 0,
    recent: someCalls(now),
    missed: 2,
    credentials: [{ kind: 'relay_token', account: null, present: true, problem: null }],
    settings: {
      mode: 'relay',
      language: 'system',
      theme: 'system',
      relay_url: 'https://relais.example',
      account_id: null,
      authentication: 'api_key',
      platform_url: null,
      platform_method: 'get',
      platform_plus: false,
      default_account: null,
      notify_incoming: true,
      notify_missed: true,
      sound: false,
      dial_hotkey: '',
      autostart: true,
      notify_outgoing: false,
      click_to_call_only: false,
      respect_dnd: true,
      discreet_when_locked: false,
      quiet_hours: '',
      silenced: [],
      pop_when: 'never',
      pop_directions: ['incoming'],
      pop_schemes: [],
      pop_url: null,
      pop_program: null,
      keep_days: 0,
      keep_private: true,
      contacts_folder: null,
      carddav_url: null,
      carddav_user: '',
      carddav_books: [],
      carddav_every_minutes: 60,
      ldap_url: null,
      ldap_base: '',
      ldap_user: '',
      ldap_filter: '(&(objectClass=person){number})',
      extension_prefix: null,
      ldap_numbers: ['telephoneNumber', 'mobile', 'homePhone', 'ipPhone'],
      ldap_names: ['displayName', 'cn'],
      ldap_companies: ['company', 'o'],
      extension_length: 0,
      outside_prefix: null,
      window_linger_s: 120,
      locked: [],
      file: '/home/accueil/.config/centrex-tray/settings.toml',
    },
    settings_problem: null,
    journal_problem: null,
    contacts_problem: null,
    record_problem: null,
    hotkey_problem: null,
    pending_enrolment: null,
    link_problem: null,
    journal_revision: 0,
    contacts_revision: 0,
    tray_shown: true,
    at: now.toISOString(),
    revision: 1,
  };
}

/** The same desk before anything was set up. */
export function unset(now: Date): Snapshot {
  const base = ready(now);
  return {
    ...base,
    mode: 'unset',
    connection: { state: 'none', message: says('link-none'), since: null },
    accounts: [],
    cannot_dial: says('dial-failed-not-configured'),
    recent: [],
    missed: 0,
    credentials: [],
    settings: { ...base.settings, mode: 'unset', relay_url: null, autostart: false },
  };
}

/** Dials straight, with a key in the keychain. */
export function direct(now: Date): Snapshot {
  const base = ready(now);
  return {
    ...base,
    mode: 'direct',
    connection: { state: 'none', message: says('link-direct'), since: null },
    recent: [],
    missed: 0,
    credentials: [{ kind: 'api_key', account: '4207001', present: true, problem: null }],
    settings: { ...base.settings, mode: 'direct', relay_url: null, account_id: '4207001' },
  };
}

/** A placed call at a stage. */
export function dialAt(now: Date, stage: DialStage, change: Partial<Dial> = {}): Dial {
  const talked = stage === 'talking' || stage === 'ended';
  const over = stage === 'ended' || stage === 'failed';
  return {
    number: '+33199001234',
    display: '01\u00a099\u00a000\u00a012\u00a034',
    name: null,
    company: null,
    account: '4207001',
    stage,
    message: stageMessage(stage, '01\u00a099\u00a000\u00a012\u00a034'),
    started_at: at(now, 3),
    connected_at: talked ? at(now, 3, 20) : null,
    ended_at: over ? at(now, 0, -35) : null,
    ...change,
  };
}

/** The sentence of a stage. */
export function stageMessage(stage: DialStage, number: string): Message {
  switch (stage) {
    case 'question':
      return says('dial-repeat', { number });
    case 'asking':
      return says('dial-asking');
    case 'pick_up':
      return says('dial-pick-up', { number });
    case 'calling':
      return says('dial-calling', { number });
    case 'talking':
      return says('dial-talking', { number });
    case 'ended':
      return says('dial-ended');
    case 'failed':
      return says('dial-failed-no-callback');
  }
}
