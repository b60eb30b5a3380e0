import { expect, test } from './desk';

test('missed calls are marked, and read once they are seen', async ({ desk, page }) => {
  await desk.open();
  await expect(desk.place(/Appels/)).toHaveAccessibleName(/2 appels manqués/);
  expect(await desk.heard('missedRead')).toEqual([]);
  await desk.place(/Appels/).click();
  await expect.poll(async () => (await desk.heard('missedRead')).length).toBe(1);
  await expect(desk.place(/Appels/)).toHaveAccessibleName('Appels');
  await expect(page.getByRole('button', { name: /06 39 98 12 34.*non vu/s })).toBeVisible();
  await desk.place(/Composer/).click();
  await desk.place(/Appels/).click();
  await expect(page.getByText('non vu')).toHaveCount(0);
});

test('live calls stand on top and move', async ({ desk, page }) => {
  await desk.open();
  await desk.place(/Appels/).click();
  await (await desk.agent()).evaluate((agent) => agent.ring('01 99 00 44 55', '+33199004455'));
  const live = page.getByRole('region', { name: 'En cours' });
  await expect(live).toContainText('01 99 00 44 55');
  await expect(live).toContainText('vers 01 99 00 00 01');
  await (await desk.agent()).evaluate((agent) => agent.change({ live: [] }));
  await expect(live).toHaveCount(0);
});

test('calling back dials as a press does, and shows the card', async ({ desk, page }) => {
  await desk.open();
  await desk.place(/Appels/).click();
  await page.getByRole('button', { name: 'Rappeler Élodie Exemple' }).click();
  await expect.poll(() => desk.heard('dial')).toEqual([{ name: 'dial', args: ['+33639981234', '4207001', false] }]);
  await expect(page.getByRole('heading', { name: 'Élodie Exemple' })).toBeVisible();
  await expect(page.locator('main')).toContainText('06 39 98 12 34');
});

test('calling back rings the line that was called, whatever line the pad stands on', async ({ desk, page }) => {
  await desk.open('lines');
  await desk.place(/Appels/).click();
  await page.getByRole('button', { name: 'Rappeler Élodie Exemple' }).click();
  await expect.poll(() => desk.heard('dial')).toEqual([{ name: 'dial', args: ['+33639981234', '4207002', false] }]);
  // The next number is dialled from the pad's own line again.
  await (await desk.agent()).evaluate((agent) => agent.stage('ended'));
  await page.getByRole('button', { name: 'Fermer' }).click();
  await expect(page.getByLabel('Depuis')).toHaveValue('4207001');
});

test('row 5: answered, answered on another line and missed are kept apart, and what isn’t told isn’t guessed', async ({
  desk,
  page,
}) => {
  await desk.open('lines');
  await desk.place(/Appels/).click();
  await (
    await desk.agent()
  ).evaluate((agent) => {
    const [first] = agent.snapshot.recent;
    if (first === undefined) return;
    const began = Date.now() - 60_000;
    const at = (seconds: number) => new Date(began + seconds * 1000).toISOString();
    const own = { ...first, unread: false, started_at: at(0), connected_at: null, company: null };
    const elsewhere = { ...own, call: 'e', party: 'Ailleurs', outcome: 'answered' as const, answered_on: '4207002' };
    const missed = {
      ...own,
      call: 'g',
      party: 'Abandon',
      outcome: 'missed' as const,
      ended_at: at(4),
      status: 'ORIGINATOR_CANCEL',
    };
    agent.change({
      recent: [elsewhere, missed, ...agent.snapshot.recent],
      journal_revision: agent.snapshot.journal_revision + 1,
    });
  });
  await expect(page.locator('[data-row]', { hasText: 'Ailleurs' })).toContainText(/Pris sur la ligne \S/);
  await expect(page.locator('[data-row]', { hasText: 'Abandon' })).toContainText('Manqué\u00a0· a sonné 4\u00a0s');
  // The operator's own word is there for who asks, and changes no other.
  await page
    .locator('[data-row]', { hasText: 'Abandon' })
    .getByRole('button', { name: /Abandon/ })
    .first()
    .click();
  await expect(page.getByRole('definition').filter({ hasText: 'ORIGINATOR_CANCEL' })).toBeVisible();
});

test('a withheld number can’t be called back, and says so', async ({ desk, page }) => {
  await desk.open();
  await desk.place(/Appels/).click();
  await expect(page.getByRole('button', { name: /Rappeler Numéro masqué/ })).toHaveCount(0);
  await page.getByRole('button', { name: /Numéro masqué/ }).click();
  await expect(page.getByText('n’a pas transmis de numéro')).toBeVisible();
});

test('row 19: a number is copied in its plain form', async ({ desk, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await desk.open();
  await desk.place(/Appels/).click();
  await page
    .getByRole('button', { name: /02 61 91 45 67/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Copier le numéro' }).click();
  await expect(page.getByRole('button', { name: 'Numéro copié' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('+33261914567');
});

test('arrows walk through the calls', async ({ desk, page }) => {
  await desk.open();
  await desk.place(/Appels/).click();
  await page
    .getByRole('button', { name: /06 39 98 12 34.*15|06 39 98 12 34/ })
    .first()
    .focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('button', { name: /02 61 91 45 67/ }).first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('+33261914567')).toBeVisible();
});

test('hostile names are text', async ({ desk, page }) => {
  await desk.open('hostile');
  await desk.place(/Appels/).click();
  await expect(page.getByText('<img src=x onerror="document.title=1">').first()).toBeVisible();
  expect(await page.locator('main img, main b').count()).toBe(0);
  expect(await page.title()).toBe('Centrex Tray');
  await expect(page.getByText('4321 00 99 10', { exact: true })).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide).toBe(0);
});

test('no call yet: the empty place helps on', async ({ desk, page }) => {
  await desk.open('direct');
  await desk.place(/Appels/).click();
  await expect(page.getByText('Sans relais, les appels entrants ne peuvent pas être annoncés')).toBeVisible();
  await page.getByRole('button', { name: 'Composer un numéro' }).click();
  await expect(desk.field).toBeFocused();
});
