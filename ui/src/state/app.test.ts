import { describe, expect, test } from 'vitest';

import type { Snapshot } from '../bindings';
import { FakeAgent } from '../backend/fake/fake';
import { dialAt, ready } from '../backend/fake/state';
import { App } from './app.svelte';

const now = new Date('2026-03-04T13:05:00Z');
const at = (revision: number, stage: Parameters<typeof dialAt>[1]): Snapshot => ({
  ...ready(now),
  revision,
  dial: dialAt(now, stage),
});

async function following(snapshot: Snapshot): Promise<{ agent: FakeAgent; app: App }> {
  const agent = new FakeAgent(snapshot);
  const app = new App(agent.backend, { language: 'fr', theme: 'system', restarted: false });
  await app.start();
  return { agent, app };
}

describe('an answer and a change may overtake each other', () => {
  // A press on "call again" fetches the state; the fetched one is on its way while the refusal is pushed.
  const fetches = async (fetched: Snapshot, pushed: Snapshot) => {
    const { agent, app } = await following(at(1, 'ended'));
    let deliver: (snapshot: Snapshot) => void = () => undefined;
    agent.backend.snapshot = () => new Promise((answer) => (deliver = answer));
    agent.backend.dial = () => Promise.resolve();
    const asked = new Promise<void>((go) => {
      const answer = agent.backend.snapshot;
      agent.backend.snapshot = () => {
        go();
        return answer();
      };
    });
    const press = app.pad.redial('+33199001234', null);
    await asked;
    agent.tell({ type: 'snapshot', snapshot: pushed });
    deliver(fetched);
    await press;
    return app.snapshot?.dial?.stage;
  };

  test('an older answer does not hide the refusal that came first', async () => {
    expect(await fetches(at(5, 'asking'), at(6, 'failed'))).toBe('failed');
  });

  test('a newer answer counts', async () => {
    expect(await fetches(at(6, 'failed'), at(5, 'asking'))).toBe('failed');
  });

  test('a change that is older than the answer is dropped too', async () => {
    const { agent, app } = await following(at(6, 'failed'));
    agent.tell({ type: 'snapshot', snapshot: at(5, 'asking') });
    expect(app.snapshot?.dial?.stage).toBe('failed');
  });

  test('an agent that came back counts anew', async () => {
    const { agent, app } = await following(at(600, 'failed'));
    agent.setLink('lost');
    agent.setLink('up');
    agent.tell({ type: 'snapshot', snapshot: at(1, 'talking') });
    expect(app.snapshot?.dial?.stage).toBe('talking');
  });
});

test('before the agent is heard, language and theme are those of the page’s address', async () => {
  const agent = new FakeAgent({ ...ready(now), language: 'fr' });
  const app = new App(agent.backend, { language: 'en', theme: 'dark', restarted: false });
  expect([app.words.language, app.theme]).toEqual(['en', 'dark']);
  await app.start();
  expect([app.words.language, app.theme]).toEqual(['fr', agent.snapshot.settings.theme]);
});

test('a press dials what it was pressed on, or nothing', async () => {
  const { agent, app } = await following(ready(now));
  const press = async (meanwhile: () => void) => {
    agent.holding.add('understand');
    app.pad.fill('01 99 00 12 34');
    const pressed = app.pad.call();
    meanwhile();
    agent.holding.clear();
    agent.release();
    await pressed;
    return agent.requests('dial').map(({ args }) => args[0]);
  };
  expect(await press(() => app.pad.fill('tel:+33199005678'))).toEqual([]);
  expect(app.pad.locked).toBe(false);
  expect(await press(() => undefined)).toEqual(['01 99 00 12 34']);
});
