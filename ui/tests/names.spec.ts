import { expect, test } from './desk';

test('letters list every number of those who match; arrows and Enter pick one, Enter dials', async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.type('elodie');
  const people = page.getByRole('list', { name: 'Contacts qui correspondent' });
  await expect(people.getByRole('listitem')).toHaveCount(2);
  await expect(people.getByRole('listitem').nth(1)).toContainText('bureau');
  await expect(desk.sentence).toContainText('Entrée pour le premier');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(desk.field).toBeFocused();
  await expect(desk.field).toHaveValue(/01.99.00.40.01/);
  await expect(desk.sentence).toContainText('Élodie Exemple');
  await expect(desk.sentence).toContainText('Composera le');
  expect(await desk.heard('dial')).toEqual([]);
  await page.keyboard.press('Enter');
  await expect.poll(() => desk.heard('dial')).toEqual([{ name: 'dial', args: ['+33199004001', null, false] }]);
});

test('Enter takes the first at once, however fast it comes', async ({ desk, page }) => {
  await desk.open();
  await desk.field.fill('transports');
  await page.keyboard.press('Enter');
  await expect(desk.field).toHaveValue(/02.61.91.45.67/);
  expect(await desk.heard('dial')).toEqual([]);
});

test('up from the first one leads back, and typing goes on in the field', async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.type('echan');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect(desk.field).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.type('x');
  await expect(desk.field).toHaveValue('echanx');
  await expect(page.getByRole('list', { name: 'Contacts qui correspondent' })).toHaveCount(0);
  await expect(page.locator('.keys button')).toHaveCount(12);
});

test('nobody of that name is said, and what to do', async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.type('personne-de-ce-nom');
  await page.keyboard.press('Enter');
  await expect(desk.sentence).toHaveText(/Aucun contact de ce nom.: saisissez un numéro, ou un autre nom\./);
  await expect(page.getByRole('button', { name: 'Appeler' })).toHaveAttribute('aria-disabled', 'true');
  expect(await desk.heard('dial')).toEqual([]);
});

test('text pasted with a number in it is no name', async ({ desk, page }) => {
  await desk.open();
  await desk.paste('01 99 00 12 34 Fax 01 99 00 12 35');
  await expect(page.getByRole('list', { name: 'Quel numéro' })).toBeVisible();
  expect((await desk.heard('searchContacts')).filter((h) => h.args[1] === false)).toEqual([]);
});

test('favourites stand ready where there is room, and fill the field', async ({ desk, page }) => {
  await desk.open();
  const favourites = page.getByRole('list', { name: 'Favoris' });
  await favourites.getByRole('button', { name: 'Transports Modèle' }).click();
  await expect(desk.field).toHaveValue(/02.61.91.45.67/);
  await expect(desk.field).toBeFocused();
  await desk.field.fill('');
  await favourites.getByRole('button', { name: 'Élodie Exemple' }).click();
  await expect(page.getByRole('list', { name: 'Contacts qui correspondent' }).getByRole('listitem')).toHaveCount(2);
  expect(await desk.heard('dial')).toEqual([]);
  await page.setViewportSize({ width: 320, height: 440 });
  await desk.open();
  await expect(favourites).toBeHidden();
});

test('a number that a contact has bears the name while it is typed, and on the card', async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.type('0639981234');
  await expect(desk.sentence).toContainText('Élodie Exemple · Menuiserie Exemple');
  await expect(desk.sentence).toContainText('Composera le');
  await page.keyboard.press('Enter');
  const card = page.getByRole('region', { name: 'Appel en cours de composition' });
  await expect(card.getByRole('heading', { name: 'Élodie Exemple' })).toBeFocused();
  await expect(card).toContainText('06 39 98 12 34');
  await expect(card).toContainText('Menuiserie Exemple');
  // One line: there is nothing to tell apart.
  await expect(card).not.toContainText('Depuis la ligne');
});

test('of several who share a number the one that was chosen is named, else none', async ({ desk, page }) => {
  await desk.open();
  await (
    await desk.agent()
  ).evaluate((agent) => {
    const first = agent.book.find(({ name }) => name === 'Standard de la mairie');
    if (first !== undefined)
      agent.changeBook([...agent.book, { ...first, id: 'z', name: 'Zoé Partage', favourite: false }]);
  });
  await page.keyboard.type('0199007700');
  await expect(desk.sentence).toContainText('Composera le');
  await expect(desk.sentence.locator('.named')).toHaveCount(0);
  await desk.field.fill('zoé');
  await page.keyboard.press('Enter');
  await expect(desk.sentence).toContainText('Zoé Partage');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Zoé Partage' })).toBeVisible();
});

test('hostile names are text', async ({ desk, page }) => {
  await desk.open('hostile');
  await desk.field.fill('<img');
  await expect(page.getByText('<img src=x onerror="document.title=1">').last()).toBeVisible();
  expect(await page.locator('main img, main b').count()).toBe(0);
  await desk.field.fill('xxxx');
  await page.keyboard.press('Enter');
  await expect(desk.sentence).toContainText('xxxx');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide).toBe(0);
});

test('a link that comes between Enter and the names is neither dialled nor overwritten', async ({ desk, page }) => {
  await desk.open();
  const agent = await desk.agent();
  await agent.evaluate((agent) => agent.holding.add('searchContacts'));
  await desk.field.fill('elodie');
  await page.keyboard.press('Enter');
  await expect.poll(() => agent.evaluate((agent) => agent.waiting)).toBe(1);
  await agent.evaluate((agent) => agent.show('pad', 'tel:+33199001234'));
  await expect(desk.field).toHaveValue(/01.99.00.12.34/);
  await agent.evaluate((agent) => {
    agent.holding.clear();
    agent.release();
    // All that follows from the answers is done by then.
    return new Promise((go) => requestAnimationFrame(go));
  });
  await expect(desk.field).toHaveValue(/01.99.00.12.34/);
  expect(await desk.heard('dial')).toEqual([]);
});
