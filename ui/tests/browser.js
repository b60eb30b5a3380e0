import { existsSync } from 'node:fs';

/** The system's Chromium; Playwright's own when there is none. */
export const CHROMIUM =
  process.env['CHROMIUM_BIN'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

/** Root, as in containers, can't use Chromium's sandbox. */
export const ARGUMENTS = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
