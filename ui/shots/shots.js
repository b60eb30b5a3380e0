// Pictures of every place for a person to judge: `npm run shots -- DIR [part of a name]`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import { ARGUMENTS, CHROMIUM } from '../tests/browser.js';
import { serve } from '../tests/server.js';

const [, , directory, only = ''] = process.argv;
if (directory === undefined) {
  process.stderr.write('Say where the pictures go: npm run shots -- DIR [part of a name]\n');
  process.exit(2);
}

/**
 * @typedef {{ name: string, scene: string, query?: string, place?: string, type?: string, paste?: string, act?: (page: import('@playwright/test').Page) => Promise<void> }} Shot
 * @type {Shot[]}
 */
const shots = [
  { name: 'pad', scene: 'ready' },
  { name: 'pad-typed', scene: 'lines', type: '0199001234' },
  { name: 'pad-pasted', scene: 'ready', paste: '+33 (0)1.99.00.12.34' },
  { name: 'pad-emergency', scene: 'ready', type: '112' },
  { name: 'pad-choose', scene: 'ready', paste: '01 99 00 12 34 / 01 99 00 12 35' },
  { name: 'pad-premium', scene: 'ready', type: '0891123456', act: (page) => page.keyboard.press('Enter') },
  { name: 'pad-cannot', scene: 'cannot-dial' },
  { name: 'pad-down', scene: 'down' },
  { name: 'pad-refused', scene: 'refused', act: (page) => page.keyboard.type('0199001234') },
  {
    name: 'pad-short',
    scene: 'ready',
    act: async (page) => {
      await page.keyboard.type('014268530');
      await page.keyboard.press('Enter');
    },
  },
  { name: 'pad-nobody', scene: 'ready', type: 'Martin' },
  {
    name: 'pad-names',
    scene: 'ready',
    type: 'el',
    act: async (page) => {
      await page.locator('.again').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
    },
  },
  {
    name: 'pad-named',
    scene: 'ready',
    type: 'transports',
    act: async (page) => {
      await page.keyboard.press('Enter');
      await page.locator('.named').waitFor();
    },
  },
  {
    name: 'pad-long',
    scene: 'ready',
    type: '+33199001234',
    act: (page) => page.getByRole('textbox').fill('+33 1 99 00 12 34'),
  },
  { name: 'pad-known', scene: 'lines', type: '0639981234' },
  { name: 'card-named', scene: 'named' },
  { name: 'pad-unset', scene: 'first', place: 'pad', type: '0199001234' },
  { name: 'pad-ringing', scene: 'ringing' },
  { name: 'card-ringing', scene: 'ended', act: (page) => page.evaluate(() => globalThis.fake?.agent.ring()) },
  {
    name: 'card-next',
    scene: 'talking',
    act: (page) => page.evaluate(() => globalThis.fake?.agent.show('pad', '+33199007788')),
  },
  {
    name: 'card-key',
    scene: 'failed',
    act: (page) =>
      page.evaluate(() => {
        const agent = globalThis.fake?.agent;
        const dial = agent?.snapshot.dial;
        if (dial) agent.change({ dial: { ...dial, message: { id: 'dial-failed-wrong-key', args: {} } } });
      }),
  },
  {
    name: 'card-rule',
    scene: 'failed',
    act: (page) =>
      page.evaluate(() => {
        const agent = globalThis.fake?.agent;
        const dial = agent?.snapshot.dial;
        if (dial) agent.change({ dial: { ...dial, message: { id: 'dial-failed-rule-refused', args: {} } } });
      }),
  },
  ...['question', 'pick-up', 'calling', 'talking', 'ended', 'failed'].map((scene) => ({
    name: `card-${scene}`,
    scene,
  })),
  { name: 'calls', scene: 'ready', place: 'calls' },
  { name: 'calls-live', scene: 'ringing', place: 'calls' },
  {
    name: 'calls-open',
    scene: 'ready',
    place: 'calls',
    act: (page) => page.locator('.row-button').nth(1).click(),
  },
  { name: 'calls-journal', scene: 'journal', place: 'calls' },
  {
    name: 'calls-details',
    scene: 'journal',
    place: 'calls',
    act: async (page) => {
      await page.locator('.row-button').first().click();
      await page.locator('.details').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'calls-unsaved',
    scene: 'journal',
    place: 'calls',
    act: async (page) => {
      const row = page.locator('.row-button').first();
      await row.click();
      await page.getByRole('textbox', { name: 'Note', exact: true }).fill('Devis à renvoyer');
      await page.evaluate(() => {
        globalThis.fake?.agent.holding.add('journal');
        globalThis.fake?.agent.failNext('journal', 'failed', 'journal-unusable');
      });
      await row.click();
      await page.evaluate(() => globalThis.fake?.agent.release());
      await row.locator('.error').waitFor();
    },
  },
  {
    name: 'calls-who',
    scene: 'journal',
    place: 'calls',
    act: async (page) => {
      await page.evaluate(() => {
        const agent = globalThis.fake?.agent;
        if (agent) agent.people = agent.people.slice(0, 3);
      });
      await page.locator('.row-button').first().click();
      await page.locator('#who-is-it').scrollIntoViewIfNeeded();
      await page.locator('[aria-labelledby=who-is-it] button').first().waitFor();
    },
  },
  { name: 'calls-empty', scene: 'direct', place: 'calls' },
  { name: 'calls-hostile', scene: 'hostile', place: 'calls' },
  { name: 'contacts', scene: 'ready', place: 'contacts' },
  { name: 'contacts-empty', scene: 'direct', place: 'contacts' },
  { name: 'contacts-hostile', scene: 'hostile', place: 'contacts' },
  {
    name: 'contacts-found',
    scene: 'ready',
    place: 'contacts',
    act: async (page) => {
      await page.keyboard.type('echan');
      await page.locator('#people').waitFor();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'contacts-open',
    scene: 'ready',
    place: 'contacts',
    act: async (page) => {
      await page
        .getByRole('button', { name: /^Élodie Exemple, /i })
        .first()
        .click();
      await page.locator('.details').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'contacts-edit',
    scene: 'ready',
    place: 'contacts',
    act: async (page) => {
      await page
        .getByRole('button', { name: /^Élodie Exemple, /i })
        .first()
        .click();
      await page.getByRole('button', { name: /^(Modifier|Edit)$/ }).click();
    },
  },
  {
    name: 'contacts-files',
    scene: 'ready',
    place: 'contacts',
    act: async (page) => {
      await page.getByRole('button', { name: /Importer, exporter|Import, export/ }).click();
      await page.getByRole('button', { name: /^(Exporter|Export)/ }).click();
    },
  },
  ...['', '-end', '-running', '-done'].map((/** @type {string} */ part) => ({
    name: `contacts-import${part}`,
    scene: 'ready',
    place: 'contacts',
    act: async (/** @type {import('@playwright/test').Page} */ page) => {
      await page.getByRole('button', { name: /Importer, exporter|Import, export/ }).click();
      await page.getByRole('button', { name: /Importer un|Import a/ }).click();
      if (part === '-end') await page.locator('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
      if (part === '-running') await page.evaluate(() => globalThis.fake?.agent.holding.add('import'));
      if (part === '-running' || part === '-done') await page.getByRole('button', { name: /122/ }).click();
      if (part === '-running')
        await page.evaluate(() => globalThis.fake?.agent.tell({ type: 'import_progress', done: 61, total: 122 }));
    },
  })),
  { name: 'settings', scene: 'ready', place: 'settings' },
  { name: 'settings-down', scene: 'down', place: 'settings' },
  ...[
    ['connection', 0],
    ['alerts', 1],
    ['record', 2],
    ['contacts', 3],
    ['data', 4],
    ['general', 5],
    ['about', 6],
  ].flatMap(([name, at]) => {
    const go = async (/** @type {import('@playwright/test').Page} */ page) => {
      await page.locator('[data-page]').nth(Number(at)).click();
      await page.locator('h2#page').waitFor();
    };
    const end = async (/** @type {import('@playwright/test').Page} */ page) => {
      await go(page);
      await page.locator('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
    };
    return [
      { name: `settings-${name}`, scene: 'rich', place: 'settings', act: go },
      { name: `settings-${name}-end`, scene: 'rich', place: 'settings', act: end },
      { name: `settings-${name}-locked`, scene: 'locked', place: 'settings', act: go },
    ];
  }),
  ...['carddav', 'ldap'].flatMap((kind) => {
    const go = async (/** @type {import('@playwright/test').Page} */ page) => {
      await page.locator('[data-page=contacts]').click();
      await page.locator(`section[aria-labelledby=${kind}]`).evaluate((part) => part.scrollIntoView());
    };
    const press = (/** @type {number} */ nth) => async (/** @type {import('@playwright/test').Page} */ page) => {
      await go(page);
      await page.locator(`section[aria-labelledby=${kind}] .row button`).nth(nth).click();
      await page.locator(`section[aria-labelledby=${kind}]`).evaluate((part) => part.scrollIntoView());
    };
    return [
      { name: `server-${kind}`, scene: 'servers', place: 'settings', act: go },
      { name: `server-${kind}-none`, scene: 'ready', place: 'settings', act: go },
      { name: `server-${kind}-asked`, scene: 'servers', place: 'settings', act: press(0) },
      { name: `server-${kind}-form`, scene: 'servers', place: 'settings', act: press(1) },
      { name: `server-${kind}-remove`, scene: 'servers', place: 'settings', act: press(2) },
    ];
  }),
  {
    name: 'settings-direct',
    scene: 'direct',
    place: 'settings',
    act: (page) => page.locator('[data-page=connection]').click(),
  },
  {
    name: 'settings-erase',
    scene: 'rich',
    place: 'settings',
    act: async (page) => {
      await page.locator('[data-page=data]').click();
      await page.getByRole('button', { name: /Supprimer tous les|Delete all calls/ }).click();
      await page.locator('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
    },
  },
  {
    name: 'settings-keep',
    scene: 'rich',
    place: 'settings',
    act: async (page) => {
      await page.locator('[data-page=data]').click();
      await page.getByLabel(/Garder les appels$|Keep calls/).selectOption('30');
    },
  },
  {
    name: 'settings-test',
    scene: 'ready',
    place: 'settings',
    act: async (page) => {
      await page.locator('[data-page=connection]').click();
      await page.getByRole('button', { name: /Tester|Test the/ }).click();
      await page.locator('.verdict').scrollIntoViewIfNeeded();
    },
  },
  { name: 'first', scene: 'first', place: 'settings' },
  {
    name: 'first-relay',
    scene: 'first',
    place: 'settings',
    act: (page) => page.locator('.choice').first().click(),
  },
  {
    name: 'first-refused',
    scene: 'first',
    act: async (page) => {
      await page.locator('.choice').first().click();
      await page.evaluate(() => globalThis.fake?.agent.failNext('enrol', 'relay', 'enrol-code-used'));
      await page.locator('form input').nth(0).fill('https://telephonie.relais.example');
      await page.locator('form input').nth(1).fill('ABCD-EFGH-JK');
      await page.locator('form .primary').click();
      await page.locator('.error').first().waitFor();
    },
    place: 'settings',
  },
  { name: 'enrol', scene: 'enrol' },
  {
    name: 'enrol-mistyped',
    scene: 'enrol',
    act: async (page) => {
      await page.evaluate(() => globalThis.fake?.agent.failNext('acceptEnrolment', 'failed', 'enrol-code-mistyped'));
      await page.locator('dialog .primary').click();
      await page.locator('dialog .error').waitFor();
    },
  },
  {
    name: 'enrolled',
    scene: 'enrol',
    act: async (page) => {
      await page.locator('dialog .primary').click();
      await page.locator('#ready').waitFor();
    },
  },
  { name: 'unenrolled', scene: 'unenrolled' },
  { name: 'unenrolled-settings', scene: 'unenrolled', place: 'settings' },
  { name: 'trouble', scene: 'trouble' },
  { name: 'refused', scene: 'refused' },
  { name: 'lost', scene: 'lost' },
  { name: 'restarted', scene: 'ready', query: '&restarted' },
];

const sizes = [
  { name: '', width: 360, height: 560, scale: 2 },
  { name: '-small', width: 320, height: 440, scale: 2 },
  { name: '-200', width: 180, height: 280, scale: 4 },
];

mkdirSync(directory, { recursive: true });
const server = await serve(0);
const browser = await chromium.launch({ ...(CHROMIUM ? { executablePath: CHROMIUM } : {}), args: ARGUMENTS });
for (const size of sizes) {
  for (const theme of ['light', 'dark']) {
    for (const lang of ['fr', 'en']) {
      // Every combination for the places themselves; the rest once in each theme and language.
      if (size.name !== '' && (theme === 'dark') !== (lang === 'en')) continue;
      const context = await browser.newContext({
        viewport: { width: size.width, height: size.height },
        deviceScaleFactor: size.scale,
        reducedMotion: 'reduce',
        locale: lang,
      });
      for (const shot of shots) {
        const name = `${shot.name}-${lang}-${theme}${size.name}`;
        if (!name.includes(only)) continue;
        const page = await context.newPage();
        await page.goto(`${server.url}/?scene=${shot.scene}&lang=${lang}&theme=${theme}${shot.query ?? ''}`);
        await page.locator('nav').waitFor();
        const place = { pad: 0, calls: 1, contacts: 2, settings: 3 }[shot.place ?? 'pad'];
        if (shot.place !== undefined && place !== undefined) await page.locator('nav button').nth(place).click();
        if (shot.type !== undefined) await page.keyboard.type(shot.type);
        if (shot.paste !== undefined) {
          await page.evaluate((text) => {
            const data = new DataTransfer();
            data.setData('text/plain', text);
            const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement?.dispatchEvent(event);
          }, shot.paste);
        }
        if (shot.type !== undefined) await page.locator('#pad-sentence p').first().waitFor();
        if (shot.act !== undefined) await shot.act(page);
        await page.evaluate(() => document.fonts.ready);
        await page.waitForTimeout(150);
        await page.screenshot({ path: join(directory, `${name}.png`) });
        await page.close();
      }
      await context.close();
    }
  }
}
await browser.close();
server.close();
