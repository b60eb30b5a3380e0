import { defineConfig } from '@playwright/test';

import { ARGUMENTS, CHROMIUM } from './tests/browser.js';

// The page and the tests live in one zone, wherever they run.
const ZONE = 'Europe/Paris';
process.env['TZ'] = ZONE;

const PORT = Number(process.env['UI_TEST_PORT'] ?? 4317);

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  forbidOnly: Boolean(process.env['CI']),
  // A test that fails now and then is broken: it is mended, not repeated.
  retries: 0,
  workers: 2,
  // Each test has a page and an agent of its own: both workers share the longest file too.
  fullyParallel: true,
  timeout: 30_000,
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    timezoneId: ZONE,
    viewport: { width: 360, height: 560 },
    reducedMotion: 'reduce',
    launchOptions: { ...(CHROMIUM ? { executablePath: CHROMIUM } : {}), args: ARGUMENTS },
  },
  webServer: {
    command: `node tests/serve.js ${PORT}`,
    url: `http://127.0.0.1:${PORT}/`,
    reuseExistingServer: false,
  },
});
