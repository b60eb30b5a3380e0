import { expect, test } from './desk';

// What the window's address says must win over the system's own.
test.use({ locale: 'fr-FR' });

for (const [theme, system, ground] of [
  ['dark', 'light', 'rgb(17, 22, 29)'],
  ['light', 'dark', 'rgb(243, 245, 248)'],
  ['system', 'dark', 'rgb(17, 22, 29)'],
] as const) {
  test(`the first paint is in the right theme, before the page's program runs: ${theme} on ${system}`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme: system });
    await page.route('**/assets/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    await page.goto(`/?theme=${theme}`);
    await expect(page.locator('nav')).toHaveCount(0);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(ground);
  });
}

test('until the agent is heard, the page speaks the language and wears the theme of its address', async ({
  desk,
  page,
}) => {
  await desk.open('lost', { lang: 'en', theme: 'dark' });
  await expect(page.getByText('Centrex Tray no longer answers')).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('a page that takes the place of one that died says so until it was read', async ({ desk, page }) => {
  await desk.open('ready', { restarted: '' });
  const sentence = page.getByText('La fenêtre s’était arrêtée');
  await expect(sentence).toBeVisible();
  await page.getByRole('button', { name: 'Fermer' }).click();
  await expect(sentence).toHaveCount(0);
  await desk.open();
  await expect(sentence).toHaveCount(0);
});
