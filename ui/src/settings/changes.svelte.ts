import type { Settings, SettingsChange } from '../bindings';
import type { App } from '../state/app.svelte';
import { Task } from '../state/task.svelte';

/** The settings of a page: what holds, what the company fixed, and changes that are written at once. */
export class Changes {
  readonly task = new Task();
  private readonly app: App;

  constructor(app: App) {
    this.app = app;
  }

  /** Whether the company fixed it; `key` as in the control protocol. */
  readonly locked = (key: keyof Settings): boolean => this.app.snapshot?.settings.locked.includes(key) ?? false;

  readonly change = (changes: SettingsChange): void => {
    void this.task.run(() => this.app.backend.changeSettings(changes));
  };
}
