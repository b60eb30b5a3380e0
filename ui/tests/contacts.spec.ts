import { expect, test } from './desk';

test.beforeEach(async ({ desk, page }) => {
  await desk.open();
  await desk.place(/Contacts/).click();
  await page.locator('[data-stop=row]').first().waitFor();
});

const rows = '[data-stop=row]';

test('the search has the focus and follows the typing, accents and order aside', async ({ desk, page }) => {
  const search = page.getByRole('searchbox');
  await expect(search).toBeFocused();
  await page.keyboard.type('exem elo');
  await expect(page.locator(rows)).toHaveCount(1);
  await expect(page.locator(rows)).toContainText('Élodie Exemple');
  await search.fill('personne-de-ce-nom');
  await expect(page.getByText('Aucun contact ne correspond.')).toBeVisible();
  await search.press('Escape');
  await expect(page.locator(rows).nth(3)).toBeVisible();
  expect(await desk.heard('hide')).toEqual([]);
});

test('a list that was cut says so, and how many it shows', async ({ desk, page }) => {
  const agent = await desk.agent();
  const fill = (count: number) =>
    agent.evaluate((agent, count) => {
      const [one] = agent.book;
      if (one === undefined) throw new Error('the book is empty');
      agent.changeBook(Array.from({ length: count }, (_, at) => ({ ...one, id: `many-${at}`, favourite: false })));
    }, count);
  await fill(200);
  await expect(page.locator(rows)).toHaveCount(200);
  await expect(page.getByText('premiers seulement')).toHaveCount(0);
  await fill(201);
  await expect(page.getByText('Les 200 premiers seulement : précisez la recherche.')).toBeAttached();
});

test('a favourite with one number is called with one press, as from the pad', async ({ desk, page }) => {
  await page.getByRole('button', { name: 'Appeler Transports Modèle', exact: true }).click();
  await expect.poll(() => desk.heard('dial')).toEqual([{ name: 'dial', args: ['+33261914567', null, false] }]);
  await expect(page.getByRole('heading', { name: 'Transports Modèle' })).toBeVisible();
  await expect(page.locator('main')).toContainText('02 61 91 45 67');
});

test('of a favourite’s several numbers the person chooses, each with its label', async ({ desk, page }) => {
  await page.getByRole('button', { name: 'Élodie Exemple, choisir un numéro' }).click();
  expect(await desk.heard('dial')).toEqual([]);
  const mobile = page.getByRole('button', { name: 'Appeler Élodie Exemple, 06 39 98 12 34' }).first();
  await expect(mobile).toContainText('mobile');
  await expect(page.getByText('Livraisons le mardi matin.')).toBeVisible();
  await expect(page.getByText('D’après vos contacts, depuis le 12/01/2026')).toBeVisible();
  await mobile.click();
  await expect.poll(() => desk.heard('dial')).toEqual([{ name: 'dial', args: ['+33639981234', null, false] }]);
});

test('arrows and Enter suffice, from the search to a number', async ({ desk, page }) => {
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('[data-stop=tile]').first()).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('[data-stop=tile]').nth(1)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator(rows).first()).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('elodie');
  await expect(page.locator(rows)).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => desk.heard('dial')).toEqual([{ name: 'dial', args: ['+33199004001', null, false] }]);
});

test('a contact is written, changed and deleted after a second press', async ({ desk, page }) => {
  await page.getByRole('button', { name: 'Nouveau contact' }).click();
  await expect(page.getByLabel('Nom', { exact: true })).toBeFocused();
  await page.getByLabel('Nom', { exact: true }).fill('Zoé Nouvelle');
  await page.getByLabel('Numéro 1', { exact: true }).fill('01 99 00 88 99');
  await page.getByRole('button', { name: 'Ajouter un numéro' }).click();
  await expect(page.getByLabel('Numéro 2', { exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByRole('searchbox').fill('zoe');
  const row = page.getByRole('button', { name: /Zoé Nouvelle/ }).first();
  await expect(row).toHaveAttribute('aria-expanded', 'true');
  expect((await desk.heard('saveContact')).map((h) => h.args)).toEqual([
    [
      {
        id: null,
        name: 'Zoé Nouvelle',
        company: '',
        numbers: [{ label: 'mobile', number: '01 99 00 88 99' }],
        note: '',
        favourite: false,
      },
    ],
  ]);
  await page.getByRole('button', { name: 'Modifier' }).click();
  await page.getByLabel('Société').fill('Exemple');
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  expect((await desk.heard('saveContact')).at(-1)?.args[0]).toMatchObject({
    company: 'Exemple',
    numbers: [{ label: 'mobile', number: '+33199008899' }],
  });
  // A double click is one press: it asks.
  await page.getByRole('button', { name: 'Supprimer', exact: true }).dblclick();
  expect(await desk.heard('contacts')).toEqual([]);
  await page.getByRole('button', { name: 'Supprimer vraiment' }).click();
  await expect(page.getByText('Aucun contact ne correspond.')).toBeVisible();
});

test('what can’t be saved says why, and what was typed stays', async ({ desk, page }) => {
  await page.getByRole('button', { name: 'Nouveau contact' }).click();
  await (await desk.agent()).evaluate((agent) => agent.failNext('saveContact', 'failed', 'contacts-error-blank'));
  await page.getByLabel('Note').fill('à compléter');
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await expect(page.getByRole('alert')).toContainText('Ce contact est vide');
  await expect(page.getByLabel('Note')).toHaveValue('à compléter');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('searchbox')).toBeFocused();
  expect(await desk.heard('hide')).toEqual([]);
});

test('favourites are made and unmade; what comes from elsewhere can’t be changed here', async ({ page }) => {
  await page.getByRole('searchbox').fill('alba');
  await page.locator(rows).first().click();
  const star = page.getByRole('button', { name: 'Favori', exact: true });
  await expect(star).toHaveAttribute('aria-pressed', 'false');
  await star.click();
  await expect(star).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByText('Ce contact se modifie là d’où il vient.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Modifier' })).toHaveCount(0);
  await page.getByRole('searchbox').fill('');
  await expect(page.getByRole('button', { name: 'Appeler Alba Échantillon', exact: true })).toBeVisible();
});

test('an import is looked at before anything is written, runs in sight and is taken back', async ({ desk, page }) => {
  const agent = await desk.agent();
  await page.getByRole('button', { name: 'Importer, exporter' }).click();
  await page.getByRole('button', { name: 'Importer un fichier' }).click();
  await expect(page.getByText('clients 2026.csv')).toBeVisible();
  await expect(page.getByText('CSV · ; · Windows-1252')).toBeVisible();
  await expect(page.getByText('118 contacts à ajouter')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Code client' })).toContainText('non lue');
  await expect(page.getByRole('listitem').filter({ hasText: 'Ligne 57' })).toContainText('guillemet');
  const odd = page.getByRole('listitem').filter({ hasText: 'Ligne 23' });
  await expect(odd).toContainText('Ombeline Clientèle');
  await expect(odd).toContainText('« 01 99 00 » ne se lit pas comme un seul numéro');
  expect(await desk.heard('contacts')).toEqual([]);
  expect((await desk.heard('withFile')).map((h) => h.args[0])).toEqual([{ type: 'preview_contacts' }]);

  await agent.evaluate((agent) => agent.holding.add('import'));
  await page.getByRole('button', { name: 'Importer 122 contacts' }).click();
  await agent.evaluate((agent) => agent.tell({ type: 'import_progress', done: 61, total: 122 }));
  await expect(page.getByRole('progressbar')).toHaveAttribute('value', '50');
  // Elsewhere meanwhile, it goes on.
  await desk.place(/Appels/).click();
  await desk.place(/Contacts/).click();
  await expect(page.getByText('61 sur 122')).toBeVisible();
  await agent.evaluate((agent) => agent.release());
  await expect(page.getByText('118 contacts ajoutés')).toBeVisible();
  await page.getByRole('button', { name: 'Annuler cet import' }).click();
  await expect(page.getByText('vos contacts sont comme avant')).toBeVisible();
  await page.getByRole('button', { name: 'Terminé' }).click();
  await expect(page.getByText('Noé Clientèle')).toHaveCount(0);
  expect((await desk.heard('contacts')).map((h) => (h.args[0] as { type: string }).type)).toEqual([
    'import',
    'undo_import',
  ]);
});

test('contacts go out in the form that was chosen, and it is said where to', async ({ desk, page }) => {
  await page.getByRole('button', { name: 'Importer, exporter' }).click();
  await page.getByLabel('Format du fichier').selectOption('excel');
  await page.getByRole('button', { name: 'Exporter…' }).click();
  await expect(page.getByText('341 éléments enregistrés dans')).toBeVisible();
  expect((await desk.heard('withFile')).map((h) => h.args)).toEqual([
    [{ type: 'export_contacts', format: 'csv', bom: true }, 'Exporter les contacts'],
  ]);
});

test('hostile names are text', async ({ desk, page }) => {
  await desk.open('hostile');
  await desk.place(/Contacts/).click();
  await expect(page.getByText('<img src=x onerror="document.title=1">').first()).toBeVisible();
  for (const row of await page.locator(rows).all()) await row.click();
  expect(await page.locator('main img, main b, main i, main script').count()).toBe(0);
  expect(await page.title()).toBe('Centrex Tray');
  await expect(page.getByText('4321 00 99 10', { exact: true })).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide).toBe(0);
});

test('no contact yet: the empty place helps on', async ({ desk, page }) => {
  await desk.open('direct');
  await desk.place(/Contacts/).click();
  await expect(page.getByText('Aucun contact')).toBeVisible();
  await page.getByRole('button', { name: 'Nouveau contact' }).last().click();
  await expect(page.getByRole('heading', { name: 'Nouveau contact' })).toBeVisible();
});
