import { type JSHandle, type Page, test as base } from '@playwright/test';

import type {} from '../src/backend/fake/install';
import type { FakeAgent, Heard } from '../src/backend/fake/fake';

/** The page with an agent inside, as a test drives it. */
export class Desk {
  readonly page: Page;
  /** What the page reported as wrong: exceptions, and what the content security policy blocked. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  async open(scene = 'ready', query: Record<string, string> = {}): Promise<void> {
    await this.page.goto(`/?${new URLSearchParams({ scene, lang: 'fr', theme: 'light', ...query })}`);
    await this.page.locator('nav').waitFor();
  }

  get field() {
    return this.page.getByRole('textbox', { name: /Numéro à composer|Number to dial/ });
  }

  get sentence() {
    return this.page.locator('#pad-sentence');
  }

  place(name: RegExp) {
    return this.page.getByRole('navigation').getByRole('button', { name });
  }

  /** Opens a page of the settings. */
  async settings(page: RegExp): Promise<void> {
    await this.place(/Paramètres|Settings/).click();
    await this.page.locator('main').getByRole('button', { name: page }).click();
  }

  /** The agent inside the page. */
  async agent(): Promise<JSHandle<FakeAgent>> {
    return this.page.evaluateHandle(() => {
      if (globalThis.fake === undefined) throw new Error('the page was built without an agent');
      return globalThis.fake.agent;
    });
  }

  /** The requests of one kind that the agent has heard. */
  async heard(name: string): Promise<Heard[]> {
    return this.page.evaluate((name) => globalThis.fake?.agent.requests(name) ?? [], name);
  }

  /** Pastes as a keyboard would, without touching the system's clipboard. */
  async paste(text: string): Promise<void> {
    await this.page.evaluate((text) => {
      const data = new DataTransfer();
      data.setData('text/plain', text);
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
      (document.activeElement ?? document.body).dispatchEvent(event);
    }, text);
  }
}

export const test = base.extend<{ desk: Desk }>({
  desk: async ({ page }, use) => {
    const desk = new Desk(page);
    await use(desk);
    base.expect(desk.complaints).toEqual([]);
  },
});

export { expect } from '@playwright/test';
