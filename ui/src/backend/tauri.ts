import { Channel, invoke } from '@tauri-apps/api/core';

import type { Answer, Check, ContactsRequest, Error as ControlError, NumberLinks, Request } from '../bindings';
import { type Backend, BackendError, type Filed, type Found, type News } from './backend';

function isControlError(thrown: unknown): thrown is ControlError {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown;
}

async function call<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (thrown) {
    const error: ControlError = isControlError(thrown)
      ? thrown
      : { code: 'failed', message: { id: 'window-failed', args: {} } };
    throw new BackendError(error);
  }
}

const request = (request: Request) => call<Answer>('request', { request });

async function done(what: Request): Promise<void> {
  await request(what);
}

function unexpected(answer: Answer): BackendError {
  return new BackendError({ code: 'failed', message: { id: 'window-failed', args: { answer: answer.type } } });
}

async function checks(what: Request): Promise<Check[]> {
  const answer = await request(what);
  if (answer.type !== 'checks') throw unexpected(answer);
  return answer.checks;
}

async function links(what: Request): Promise<NumberLinks> {
  const answer = await request(what);
  if (answer.type !== 'number_links') throw unexpected(answer);
  return answer.links;
}

async function people(ask: ContactsRequest): Promise<Found> {
  const answer = await request({ type: 'contacts', ask });
  if (answer.type !== 'contacts') throw unexpected(answer);
  return answer;
}

/** The agent, through the Rust side of the window. */
export const tauriBackend: Backend = {
  async follow(listener) {
    const news = new Channel<News>();
    news.onmessage = listener;
    await call('follow', { news });
  },
  async snapshot() {
    const answer = await request({ type: 'snapshot' });
    if (answer.type !== 'snapshot') throw unexpected(answer);
    return answer.snapshot;
  },
  async understand(input) {
    const answer = await request({ type: 'understand', input });
    if (answer.type !== 'understood') throw unexpected(answer);
    return answer.understood;
  },
  dial: (input, account, confirmed) => done({ type: 'dial', input, account, confirmed }),
  dismissDial: () => done({ type: 'dismiss_dial' }),
  missedRead: () => done({ type: 'missed_read' }),
  enrol: (relay, code) => done({ type: 'enrol', relay, code }),
  acceptEnrolment: (relay, id) => done({ type: 'accept_enrolment', relay, id }),
  dismissEnrolment: () => done({ type: 'dismiss_enrolment' }),
  setCredential: (kind, account, secret) => done({ type: 'set_credential', kind, account, secret }),
  forgetCredential: (kind, account) => done({ type: 'forget_credential', kind, account }),
  changeSettings: (changes) => done({ type: 'change_settings', changes }),
  testConnection: () => checks({ type: 'test_connection' }),
  doctor: () => checks({ type: 'doctor' }),
  async searchCalls(query) {
    const answer = await request({ type: 'journal', ask: { type: 'search', query } });
    if (answer.type !== 'calls') throw unexpected(answer);
    return answer.page;
  },
  journal: (ask) => done({ type: 'journal', ask }),
  contacts: (ask) => request({ type: 'contacts', ask }),
  searchContacts: (text, favourites, limit) => people({ type: 'search', text, favourites, limit }),
  async saveContact(contact) {
    const {
      contacts: [saved],
    } = await people({ type: 'save', contact });
    if (saved === undefined) throw unexpected({ type: 'contacts', contacts: [], more: false });
    return saved;
  },
  whoHas: async (number) => (await people({ type: 'who_has', number })).contacts,
  withFile: (purpose, title) => call<Filed | null>('with_file', { purpose, title }),
  silence: (number, silenced) => done({ type: 'silence', number, silenced }),
  numberLinks: () => links({ type: 'number_links' }),
  takeNumberLinks: () => links({ type: 'take_number_links' }),
  quit: () => done({ type: 'quit' }),
  hide: () => call('hide'),
  startAgent: () => call('start_agent'),
};
