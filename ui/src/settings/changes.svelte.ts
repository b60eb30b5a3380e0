import type { Settings, SettingsChange } from '../bindings';
import type { App } from '../state/app.svelte';
import { Task } from '../state/task.svelte';

/** New values of settings; empty text clears one. */
export type Written = Partial<Settings> & SettingsChange;

/** The settings of a page: what the company fixed, and changes that are written at once, one after the other. */
export class Changes {
  readonly task = new Task();
  private readonly app: App;
  /** What isn't known to be written yet, in the order of its making. */
  private waiting = $state.raw<readonly Written[]>([]);

  constructor(app: App) {
    this.app = app;
  }

  /** Whether the company fixed it; `key` as in the control protocol. */
  readonly locked = (key: keyof Settings): boolean => this.app.snapshot?.settings.locked.includes(key) ?? false;

  /** The settings as the person left them: a change shows, and the next one builds on it, before it is written. */
  readonly ahead = (settings: Settings): Settings => Object.assign({}, settings, ...this.waiting) as Settings;

  readonly change = (changes: Written): void => {
    this.waiting = [...this.waiting, changes];
    void this.task.queue(async () => {
      try {
        await this.app.backend.changeSettings(changes);
        await this.app.refresh();
      } finally {
        this.waiting = this.waiting.slice(1);
      }
    });
  };
}
