import { expect, test } from './desk';

test.beforeEach(async ({ desk, page }) => {
  await desk.open('journal');
  await desk.place(/Appels/).click();
  await page.locator('[data-row]').first().waitFor();
});

test('a search follows the typing, accents and order aside, and Escape empties it', async ({ desk, page }) => {
  const search = page.getByRole('searchbox');
  await search.fill('exemple elod');
  await expect(page.locator('[data-row]').first()).toContainText('Élodie');
  await expect.poll(async () => page.locator('[data-row]', { hasNotText: 'Élodie' }).count()).toBe(0);
  await search.fill('personne-de-ce-nom');
  await expect(page.getByText('Aucun appel ne correspond.')).toBeVisible();
  await search.press('Escape');
  await expect(page.locator('[data-row]').first()).toBeVisible();
  expect(await desk.heard('hide')).toEqual([]);
  await search.press('ArrowDown');
  await expect(page.locator('[data-row] button').first()).toBeFocused();
});

test('filters and periods are asked of the agent', async ({ desk, page }) => {
  await page.getByLabel('Quels appels').selectOption('missed');
  await expect(page.locator('[data-row]', { hasNotText: 'Manqué' })).toHaveCount(0);
  await page.getByLabel('Période').selectOption({ label: 'Aujourd’hui' });
  const query = (await desk.heard('searchCalls')).at(-1)?.args[0] as { filter: string; from: string };
  expect(query.filter).toBe('missed');
  expect(new Date(query.from).getHours()).toBe(0);
});

test('the next pages come as one scrolls', async ({ page }) => {
  await expect(page.locator('[data-row]')).toHaveCount(60);
  await page.locator('[data-row]').last().scrollIntoViewIfNeeded();
  await expect.poll(async () => page.locator('[data-row]').count()).toBeGreaterThan(60);
});

test('what is read stays in place when calls come above it', async ({ desk, page }) => {
  const row = page.locator('[data-row]').nth(30);
  await row.scrollIntoViewIfNeeded();
  const name = (await row.locator('.party').textContent()) ?? '';
  const there = page.locator('[data-row]', { has: page.getByText(name, { exact: true }) });
  const before = await there.boundingBox();
  await (
    await desk.agent()
  ).evaluate((agent) => {
    const first = agent.older[0];
    if (first === undefined) return;
    const more = [1, 2, 3].map((n) => ({ ...first, call: `new-${n}`, started_at: new Date().toISOString() }));
    agent.older = [...more, ...agent.older];
    agent.change({ journal_revision: agent.snapshot.journal_revision + 1 });
  });
  await expect(page.locator('[data-row]').nth(33).locator('.party')).toHaveText(name);
  const after = await there.boundingBox();
  // A row is over 50 pixels high: three of them came above.
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? -1000))).toBeLessThan(8);
});

test('times without connection are told between the calls', async ({ page }) => {
  await expect(page.getByText(/Non connecté depuis \d\d:\d\d/)).toBeVisible();
  await expect(page.getByText(/Non connecté de .* – rattrapé/)).toBeAttached();
  await expect(page.getByText(/Non connecté de .* – des appels peuvent manquer/)).toBeAttached();
});

test('a note is saved as the field is left, and a call ticked', async ({ desk, page }) => {
  await page.locator('.row-button').first().click();
  await page.getByRole('textbox', { name: 'Note', exact: true }).fill('Devis à renvoyer');
  expect((await desk.heard('journal')).length).toBe(0);
  await page.keyboard.press('Tab');
  await expect
    .poll(async () => (await desk.heard('journal')).map((h) => h.args[0]))
    .toEqual([expect.objectContaining({ type: 'note', note: 'Devis à renvoyer' })]);
  await page.getByLabel('À rappeler', { exact: true }).check();
  await page.locator('.row-button').first().click();
  await expect(page.locator('[data-row]').first()).toContainText('À rappeler');
  await expect(page.locator('[data-row]').first()).toContainText('Devis à renvoyer');
});

test('a note that couldn’t be saved as its row was closed is still there, with the reason', async ({ desk, page }) => {
  const row = page.locator('[data-row]').first();
  const note = page.getByRole('textbox', { name: 'Note', exact: true });
  const agent = await desk.agent();
  await row.locator('.row-button').click();
  await note.fill('Devis à renvoyer');
  await agent.evaluate((agent) => {
    agent.holding.add('journal');
    agent.failNext('journal', 'failed', 'journal-unusable');
  });
  await row.locator('.row-button').click();
  await expect(note).toHaveCount(0);
  await agent.evaluate((agent) => {
    agent.holding.clear();
    agent.release();
  });
  await expect(row).toContainText('Devis à renvoyer');
  await expect(row).toContainText('Note non enregistrée');
  // Nor does another place make it be forgotten.
  await desk.place(/Contacts/).click();
  await desk.place(/Appels/).click();
  await row.locator('.row-button').click();
  await expect(note).toHaveValue('Devis à renvoyer');
  await expect(page.getByRole('alert')).toContainText('ne peut pas être ouvert ou écrit');
  await note.press('End');
  await page.keyboard.type(' demain');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await row.locator('.row-button').click();
  await expect(row).toContainText('Devis à renvoyer demain');
  await expect(row).not.toContainText('Note non enregistrée');
  expect((await desk.heard('journal')).map((h) => (h.args[0] as { note: string }).note)).toEqual([
    'Devis à renvoyer',
    'Devis à renvoyer demain',
  ]);
});

test('of several people with one number, one is chosen once', async ({ page }) => {
  await page.locator('.row-button').first().click();
  await page.getByRole('button', { name: /^Atelier/ }).click();
  await expect(page.locator('[data-row]').first().locator('.party')).toHaveText('Atelier');
  await expect(page.getByText('Plusieurs personnes ont ce numéro')).toHaveCount(0);
});

test('a number is silenced and heard again', async ({ desk, page }) => {
  await page.locator('.row-button').first().click();
  const row = page.locator('.row-button').first();
  await expect(row).not.toContainText('sans alerte');
  await page.getByRole('button', { name: 'Ne plus alerter' }).click();
  await expect(row).toContainText('sans alerte');
  await page.getByRole('button', { name: 'Alerter de nouveau' }).click();
  await expect(row).not.toContainText('sans alerte');
  await expect(page.getByRole('button', { name: 'Ne plus alerter' })).toBeVisible();
  expect((await desk.heard('silence')).map((h) => h.args[1])).toEqual([true, false]);
});

test('a call is deleted after a second press', async ({ desk, page }) => {
  await page.locator('.row-button').first().click();
  // A double click is one press: it asks.
  await page.getByRole('button', { name: 'Supprimer', exact: true }).dblclick();
  expect(await desk.heard('journal')).toEqual([]);
  await page.getByRole('button', { name: 'Supprimer vraiment' }).click();
  await expect
    .poll(async () => (await desk.heard('journal')).map((h) => (h.args[0] as { type: string }).type))
    .toEqual(['delete']);
  await expect(page.locator('.details')).toHaveCount(0);
});

test('a wrong answer to “who is it?” can be corrected', async ({ desk, page }) => {
  await page.locator('.row-button').first().click();
  await page.getByRole('button', { name: /^Accueil/ }).click();
  const another = page.getByRole('button', { name: 'C’est quelqu’un d’autre…' });
  await another.click();
  await page
    .getByRole('group', { name: /Plusieurs/ })
    .getByRole('button', { name: /Atelier/ })
    .click();
  await expect(another).toBeVisible();
  const choices = (await desk.heard('contacts')).map(({ args }) => args[0] as { type: string; id: string });
  expect(choices.filter(({ type }) => type === 'choose').map(({ id }) => id)).toEqual(['1', '2']);
});
