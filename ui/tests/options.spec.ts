import { expect, test } from './desk';

const changes = async (desk: { heard: (name: string) => Promise<{ args: unknown[] }[]> }) =>
  (await desk.heard('changeSettings')).map((heard) => heard.args[0]);

test('each page is opened and left again, the focus goes along', async ({ desk, page }) => {
  await desk.open('rich');
  await desk.place(/Paramètres/).click();
  const names = await page.locator('[data-page] .name').allTextContents();
  expect(names).toHaveLength(7);
  for (const [at, name] of names.entries()) {
    await page.locator('[data-page]').nth(at).press('Enter');
    await expect(page.getByRole('heading', { name, level: 2 })).toBeVisible();
    const back = page.locator('main').getByRole('button', { name: 'Paramètres' });
    await expect(back).toBeFocused();
    await back.press('Enter');
    await expect(page.locator('[data-page]').nth(at)).toBeFocused();
  }
});

test('who asks for the settings gets their beginning', async ({ desk, page }) => {
  await desk.open('rich');
  await desk.settings(/^Alertes/);
  await (await desk.agent()).evaluate((agent) => agent.show('settings'));
  await expect(page.locator('[data-page]')).toHaveCount(7);
});

test('quiet hours are switched on, moved and given their days', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(/^Alertes/);
  await page.getByRole('switch', { name: 'Heures calmes' }).click();
  await page.getByLabel('De', { exact: true }).fill('20h');
  await page.getByLabel('à', { exact: true }).fill('7:30');
  await page.getByLabel('samedi').check();
  await page.getByLabel('à', { exact: true }).fill('midi');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('alert')).toContainText('Ce n’est pas une heure');
  expect(await changes(desk)).toEqual([
    { quiet_hours: '19:00-08:00 mon,tue,wed,thu,fri' },
    { quiet_hours: '20:00-08:00 mon,tue,wed,thu,fri' },
    { quiet_hours: '20:00-07:30 mon,tue,wed,thu,fri' },
    { quiet_hours: '20:00-07:30 mon,tue,wed,thu,fri,sat' },
  ]);
  await page.getByRole('switch', { name: 'Heures calmes' }).click();
  await expect(page.getByLabel('samedi')).toHaveCount(0);
  expect((await changes(desk)).at(-1)).toEqual({ quiet_hours: '' });
});

test('quiet hours keep a day: the last one can’t be taken away', async ({ desk, page }) => {
  await desk.open();
  await (
    await desk.agent()
  ).evaluate((agent) => agent.change({ settings: { ...agent.snapshot.settings, quiet_hours: '12:00-14:00 sun' } }));
  await desk.settings(/^Alertes/);
  await expect(page.getByLabel('dimanche')).toBeDisabled();
  await expect(page.getByLabel('lundi')).toBeEnabled();
});

test('two silenced numbers pressed at once are both heard again', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(/^Alertes/);
  const agent = await desk.agent();
  await agent.evaluate((agent) => {
    const silenced = ['+33199001234', '+33199001235'].map((number) => ({ number, display: number }));
    agent.change({ settings: { ...agent.snapshot.settings, silenced } });
    agent.holding.add('silence');
  });
  for (const number of ['+33199001234', '+33199001235'])
    await page.getByRole('button', { name: `Alerter de nouveau pour ${number}` }).click();
  await agent.evaluate((agent) => {
    agent.holding.clear();
    agent.release();
  });
  await expect
    .poll(async () => (await desk.heard('silence')).map((h) => h.args))
    .toEqual([
      ['+33199001234', false],
      ['+33199001235', false],
    ]);
});

test('whose number is silenced stands beside it', async ({ desk, page }) => {
  await desk.open();
  await (
    await desk.agent()
  ).evaluate((agent) => {
    const silenced = [{ number: '+33639981234', display: '06 39 98 12 34' }];
    agent.change({ settings: { ...agent.snapshot.settings, silenced } });
  });
  await desk.settings(/^Alertes/);
  await expect(page.getByRole('listitem').filter({ hasText: '06 39 98 12 34' })).toContainText('Élodie Exemple');
});

test('a silenced number is heard again, and dialling only leaves no alert to choose', async ({ desk, page }) => {
  await desk.open('rich');
  await desk.settings(/^Alertes/);
  await page.getByRole('button', { name: 'Alerter de nouveau pour 01 99 00 12 34' }).click();
  expect((await desk.heard('silence')).map((h) => h.args)).toEqual([['+33199001234', false]]);
  await expect(page.getByText('01 99 00 12 34')).toHaveCount(0);
  await page.getByRole('switch', { name: 'Composer seulement' }).click();
  await expect(page.getByRole('switch')).toHaveCount(1);
});

test('the record: the example lives, a wrong placeholder is named, and the agent judges the rest', async ({
  desk,
  page,
}) => {
  await desk.open();
  await desk.settings(/^Fiche/);
  await expect(page.getByLabel('Adresse de la fiche')).toHaveCount(0);
  await page.getByRole('radio', { name: 'Une fois l’appel pris' }).check();
  await page.getByRole('switch', { name: 'Sortants' }).click();
  const address = page.getByLabel('Adresse de la fiche');
  await address.fill('https://crm.example/?tel=');
  await page.getByRole('button', { name: 'Insérer le numéro international' }).click();
  await expect(address).toHaveValue('https://crm.example/?tel={e164}');
  await expect(page.getByText('https://crm.example/?tel=%2B33199001234', { exact: true })).toBeVisible();
  expect((await changes(desk)).filter((change) => JSON.stringify(change).includes('pop_url'))).toEqual([]);
  await address.press('End');
  await page.keyboard.type('&n={nom}');
  await expect(page.getByText('L’élément « nom » entre accolades n’existe pas')).toBeVisible();
  await (
    await desk.agent()
  ).evaluate((agent) => agent.failNext('changeSettings', 'settings', 'settings-pop-before-path'));
  await address.press('Enter');
  await expect(page.getByRole('alert')).toContainText('avant le chemin');
  await expect(address).toHaveValue('https://crm.example/?tel={e164}&n={nom}');
  await address.fill('https://crm.example/?tel={e164}');
  await page.getByLabel('Autres débuts d’adresse permis').fill('crm, tel-crm');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect((await changes(desk)).slice(-2)).toEqual([
    { pop_url: 'https://crm.example/?tel={e164}' },
    { pop_schemes: ['crm', 'tel-crm'] },
  ]);
  expect((await changes(desk)).slice(0, 2)).toEqual([
    { pop_when: 'answered' },
    { pop_directions: ['incoming', 'outgoing'] },
  ]);
});

test('files and folders are chosen in a dialog, never named by the page', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(/^Sources/);
  await page.getByRole('button', { name: 'Choisir' }).click();
  await expect(page.locator('code', { hasText: '/home/accueil/Documents/centrex' })).toBeVisible();
  await page.getByRole('button', { name: 'Retirer' }).click();
  await expect(page.getByText('Aucun dossier.')).toBeVisible();
  expect(await changes(desk)).toEqual([{ contacts_folder: '' }]);
  expect((await desk.heard('withFile')).map((h) => h.args)).toEqual([
    [{ type: 'contacts_folder' }, 'Dossier surveillé'],
  ]);
});

test('sources say how they go, and extensions are judged by the agent', async ({ desk, page }) => {
  await desk.open('rich');
  await desk.settings(/^Sources/);
  await expect(page.getByRole('listitem').filter({ hasText: 'Dossier surveillé' })).toContainText('4 contacts');
  await page.getByRole('button', { name: 'Relire maintenant' }).click();
  await expect.poll(async () => (await desk.heard('contacts')).at(-1)?.args[0]).toEqual({ type: 'sync' });
  await (
    await desk.agent()
  ).evaluate((agent) => agent.failNext('changeSettings', 'settings', 'settings-extension-length'));
  await page.getByLabel('Chiffres d’un poste').fill('onze');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('de 2 à 8 chiffres');
  expect(await changes(desk)).toEqual([{ extension_length: 99 }]);
});

test('keeping calls for less time is asked about, for more it isn’t', async ({ desk, page }) => {
  await desk.open('rich');
  await desk.settings(/^Appels et données/);
  const keep = page.getByLabel('Garder les appels', { exact: true });
  await keep.selectOption('365');
  await keep.selectOption('30');
  await expect(page.getByText('Les appels de plus de 30 jours seront supprimés')).toBeVisible();
  expect(await changes(desk)).toEqual([{ keep_days: 365 }]);
  await page.getByRole('button', { name: 'Annuler' }).click();
  await expect(keep).toHaveValue('365');
  await keep.selectOption('30');
  await page.getByRole('button', { name: 'Supprimer les plus anciens' }).click();
  expect(await changes(desk)).toEqual([{ keep_days: 365 }, { keep_days: 30 }]);
});

test('withheld calls that are kept go only after a question', async ({ desk, page }) => {
  await desk.open('rich');
  await desk.settings(/^Appels et données/);
  const keep = page.getByRole('switch', { name: 'Garder les appels masqués' });
  await keep.click();
  await expect(page.getByText('Les appels masqués déjà enregistrés seront supprimés')).toBeVisible();
  await page.getByRole('button', { name: 'Annuler' }).click();
  await expect(keep).toBeChecked();
  expect(await changes(desk)).toEqual([]);
  await keep.click();
  await page.getByRole('button', { name: 'Supprimer les appels masqués' }).click();
  await expect(keep).not.toBeChecked();
  expect(await changes(desk)).toEqual([{ keep_private: false }]);
  // To keep them takes nothing away.
  await keep.click();
  expect(await changes(desk)).toEqual([{ keep_private: false }, { keep_private: true }]);
});

test('calls and everything go out and come back by dialogs', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(/^Appels et données/);
  await page.getByLabel('Format du fichier').selectOption('calendar');
  await page.getByRole('button', { name: 'Exporter…', exact: true }).click();
  await expect(page.getByText('341 éléments enregistrés dans')).toBeVisible();
  await page.getByRole('button', { name: 'Reprendre des appels' }).click();
  await expect(page.getByText('12 éléments ajoutés, 0 mis à jour.')).toBeVisible();
  await page.getByRole('button', { name: 'Tout exporter' }).click();
  await (await desk.agent()).evaluate((agent) => agent.failNext('withFile', 'failed', 'import-folder-empty'));
  await page.getByRole('button', { name: 'Tout reprendre' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  expect((await desk.heard('withFile')).map((h) => h.args[0])).toEqual([
    { type: 'export_calls', format: 'calendar', bom: false },
    { type: 'import_calls' },
    { type: 'export_all' },
    { type: 'import_all' },
  ]);
});

test('no file chosen: nothing is said', async ({ desk, page }) => {
  await desk.open();
  await (
    await desk.agent()
  ).evaluate((agent) => {
    agent.chosen = null;
  });
  await desk.settings(/^Appels et données/);
  await page.getByRole('button', { name: 'Tout exporter' }).click();
  await expect.poll(async () => (await desk.heard('withFile')).length).toBe(1);
  await expect(page.getByText('enregistrés dans')).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('deleting all calls asks first and says exactly what goes and what stays', async ({ desk, page }) => {
  await desk.open('journal');
  await desk.settings(/^Appels et données/);
  await page.getByRole('button', { name: 'Supprimer tous les appels…' }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('Le journal entier part, avec les notes');
  await expect(alert).toContainText('Contacts, favoris et paramètres restent.');
  await page.getByRole('button', { name: 'Annuler' }).click();
  expect(await desk.heard('journal')).toEqual([]);
  await page.getByRole('button', { name: 'Supprimer tous les appels…' }).click();
  await page.getByRole('button', { name: 'Supprimer tous les appels', exact: true }).click();
  await expect(page.getByText('Tous les appels ont été supprimés.')).toBeVisible();
  expect((await desk.heard('journal')).map((h) => h.args[0])).toEqual([{ type: 'delete_all' }]);
});

test('deleting all contacts says how many, what goes and what stays', async ({ desk, page }) => {
  await desk.open();
  const agent = await desk.agent();
  const own = await agent.evaluate((agent) => agent.book.filter((one) => one.own).length);
  await desk.settings(/^Appels et données/);
  await page.getByRole('button', { name: 'Supprimer tous vos contacts…' }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText(`Supprimer vos ${own} contacts`);
  await expect(alert).toContainText('Ceux d’un dossier surveillé ou d’un serveur restent');
  await expect(alert).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Supprimer tous vos contacts…' })).toBeFocused();
  expect((await desk.heard('contacts')).filter((h) => JSON.stringify(h.args).includes('delete_all'))).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Supprimer ces contacts' }).click();
  await expect(page.getByText(`${own} contacts ont été supprimés.`)).toBeVisible();
  expect(await agent.evaluate((agent) => agent.book.every((one) => !one.own))).toBe(true);
  await page.getByRole('button', { name: 'Supprimer tous vos contacts…' }).click();
  await expect(page.getByText('Vous n’avez aucun contact personnel')).toBeVisible();
});

test('row 14: the hotkey is chosen by pressing it, and what doesn’t work says why', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(/^Apparence/);
  const part = page.getByRole('group', { name: 'Raccourci clavier' });
  await expect(part).toContainText('Aucun.');
  await part.getByRole('button', { name: 'Choisir les touches' }).click();
  await page.keyboard.down('Control');
  await page.keyboard.down('Alt');
  await expect(part.getByRole('button')).toHaveText('Ctrl + Alt + …');
  await page.keyboard.up('Alt');
  await page.keyboard.up('Control');
  await page.keyboard.press('d');
  await expect(part).toContainText('Un raccourci demande');
  expect(await changes(desk)).toEqual([]);
  await page.keyboard.press('Control+Alt+d');
  await expect(part.locator('kbd')).toHaveText(['Ctrl', 'Alt', 'D']);
  expect(await changes(desk)).toEqual([{ dial_hotkey: 'Ctrl+Alt+D' }]);

  await (
    await desk.agent()
  ).evaluate((agent) => agent.change({ hotkey_problem: { id: 'hotkey-taken', args: { keys: 'Ctrl+Alt+D' } } }));
  await expect(part).toContainText('Un autre programme a pris Ctrl+Alt+D');
  await part.getByRole('button', { name: 'Modifier' }).click();
  await page.keyboard.press('Escape');
  await expect(part.locator('kbd')).toHaveCount(3);
  await part.getByRole('button', { name: 'Retirer' }).click();
  await expect(part).toContainText('Aucun.');
  expect((await changes(desk)).slice(1)).toEqual([{ dial_hotkey: '' }]);
  expect(await desk.heard('hide')).toEqual([]);
});

test('the default line and the platform’s address have their places', async ({ desk, page }) => {
  await desk.open('lines');
  await desk.settings(/^Connexion/);
  await page.getByLabel('Ligne par défaut').selectOption('4207002');
  expect(await changes(desk)).toEqual([{ default_account: '4207002' }]);
  await desk.open('direct');
  await desk.settings(/^Connexion/);
  await page.getByText('Avancé').click();
  await page.getByLabel('Adresse de la plateforme').fill('https://plateforme.example');
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await expect.poll(() => changes(desk)).toContainEqual({ platform_url: 'https://plateforme.example' });
});

test('what the company fixed can’t be changed on any page', async ({ desk, page }) => {
  await desk.open('locked');
  for (const name of [/^Alertes/, /^Fiche/, /^Sources/, /^Appels et/, /^Apparence/]) {
    await desk.place(/Appels/).click();
    await desk.settings(name);
    await expect(page.getByText('Fixé par votre entreprise').first(), `${name}`).toBeVisible();
    await expect(page.getByRole('button', { name: /^(Choisir|Retirer)/ }), `${name}`).toHaveCount(0);
    // A password is the person's own, whatever the company fixes.
    const inputs = 'input:enabled:not([readonly]):not([type=password])';
    const open = page.locator('main').locator(`${inputs}, select:enabled, [role=switch]:enabled`);
    const names = await open.evaluateAll((all) =>
      all.map((e) => (e.getAttribute('aria-label') ?? e.closest('label, fieldset, .option')?.textContent ?? '').trim()),
    );
    const free = names.filter((text) => !/Appels manqués|Format du fichier|^(Système|Français|English)$/.test(text));
    expect(free, `${name}`).toEqual([]);
  }
});
