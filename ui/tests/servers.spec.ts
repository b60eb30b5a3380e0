import { type Desk, expect, test } from './desk';

const CANARY = 'canary-2b81d4';

/** The panel of a server that names callers. */
const panel = (desk: Desk, name: string) => desk.page.getByRole('region', { name });
const book = (desk: Desk) => panel(desk, 'Carnet sur un serveur');
const directory = (desk: Desk) => panel(desk, 'Annuaire de l’entreprise');

/** What was asked of the agent, in its order, without reads. */
const asked = async (desk: Desk) =>
  desk.page.evaluate(() =>
    globalThis.fake?.agent.heard
      .filter(({ name }) => /Settings|Credential/.test(name))
      .map(({ name, args }) => [name, ...args]),
  );

test('an address book is added: settings first, then the password, and what the server answers is told', async ({
  desk,
  page,
}) => {
  await desk.open();
  await desk.settings(/^Sources/);
  await book(desk).getByRole('button', { name: 'Ajouter un carnet' }).click();
  await expect(book(desk).getByLabel('Adresse')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(book(desk).getByRole('alert')).toContainText('Indiquez l’adresse du serveur');
  await book(desk).getByLabel('Adresse').fill('nuage.example/dav');
  await book(desk).getByRole('button', { name: 'Enregistrer' }).click();
  await expect(book(desk).getByRole('alert')).toContainText('Indiquez l’utilisateur');
  await book(desk).getByLabel('Utilisateur').fill('accueil');
  await book(desk).getByLabel('Mot de passe').fill(CANARY);
  await book(desk).getByLabel('Relire toutes les').fill('30');
  expect(await asked(desk)).toEqual([]);
  await page.keyboard.press('Enter');

  await expect(book(desk).getByRole('status')).toContainText('Le serveur est interrogé…');
  await expect(book(desk)).toContainText('nuage.example');
  expect(await asked(desk)).toEqual([
    [
      'changeSettings',
      { carddav_url: 'https://nuage.example/dav', carddav_user: 'accueil', carddav_every_minutes: 30 },
    ],
    ['setCredential', 'carddav_password', null, CANARY],
  ]);
  await (await desk.agent()).evaluate((agent) => agent.serverSays('carddav', 'read'));
  await expect(book(desk).getByRole('status')).toContainText('a été lu : 128 contacts');
  await expect(page.getByRole('listitem').filter({ hasText: 'Carnet sur un serveur' })).toContainText('128 contacts');

  // Nothing of the page holds the password, and opening the form again doesn't bring it back.
  await book(desk).getByRole('button', { name: 'Modifier' }).click();
  await expect(book(desk).getByText('Dans le trousseau du système')).toBeVisible();
  expect(await page.content()).not.toContain(CANARY);
  const values = await page.locator('input').evaluateAll((inputs) => inputs.map((i) => (i as HTMLInputElement).value));
  expect(values).not.toContain(CANARY);
});

test('what is wrong with a server stands where it can be mended, and asking again is awaited', async ({ desk }) => {
  await desk.open('servers');
  await desk.settings(/^Sources/);
  await expect(book(desk).getByRole('status')).toContainText('a été lu');
  const said = directory(desk).getByRole('status');
  await expect(said).toContainText('annuaire.example refuse l’utilisateur ou le mot de passe');
  const ask = directory(desk).getByRole('button', { name: 'Tester l’annuaire' });
  await ask.click();
  await expect(said).toContainText('Le serveur est interrogé…');
  await expect(ask).toHaveAttribute('aria-disabled', 'true');
  // The other server’s answer stands meanwhile.
  await expect(book(desk).getByRole('status')).toContainText('a été lu');
  expect((await desk.heard('contacts')).filter((h) => JSON.stringify(h.args).includes('sync'))).toHaveLength(1);
  await (await desk.agent()).evaluate((agent) => agent.serverSays('ldap', 'read'));
  await expect(said).toContainText('L’annuaire de annuaire.example répond.');
});

test('which attributes of a directory count is under “advanced”, and only a list that was changed is sent', async ({
  desk,
  page,
}) => {
  await desk.open('servers');
  await desk.settings(/^Sources/);
  await directory(desk).getByRole('button', { name: 'Modifier' }).click();
  const numbers = directory(desk).getByLabel('Attributs des numéros');
  await expect(numbers).toBeHidden();
  await directory(desk).getByText('Avancé').click();
  await expect(numbers).toHaveValue('telephoneNumber, mobile, homePhone, ipPhone');
  await numbers.fill('mobile; telephoneNumber,otherTelephone');
  await directory(desk).getByLabel('Attributs de la société').fill('');
  await page.keyboard.press('Enter');
  await expect.poll(() => asked(desk)).toHaveLength(1);
  const [[name, changes]] = (await asked(desk)) as [[string, Record<string, unknown>]];
  expect(name).toBe('changeSettings');
  expect(changes).toMatchObject({ ldap_numbers: ['mobile', 'telephoneNumber', 'otherTelephone'], ldap_companies: [] });
  expect(changes).not.toHaveProperty('ldap_names');
});

test('a setting that the agent refuses leaves what was typed, and no password goes anywhere', async ({ desk }) => {
  await desk.open();
  await desk.settings(/^Sources/);
  await directory(desk).getByRole('button', { name: 'Utiliser un annuaire' }).click();
  await directory(desk).getByLabel('Adresse').fill('ftp://annuaire.example');
  await directory(desk).getByLabel('Utilisateur').fill('accueil@exemple.fr');
  await directory(desk).getByLabel('Mot de passe').fill(CANARY);
  const agent = await desk.agent();
  await agent.evaluate((agent) => agent.failNext('changeSettings', 'settings', 'settings-ldap-url'));
  await directory(desk).getByRole('button', { name: 'Enregistrer' }).click();
  await expect(directory(desk).getByRole('alert')).toBeVisible();
  await expect(directory(desk).getByLabel('Mot de passe')).toHaveValue(CANARY);
  expect(await desk.heard('setCredential')).toEqual([]);

  await directory(desk).getByLabel('Adresse').fill('annuaire.example');
  await agent.evaluate((agent) => agent.failNext('setCredential', 'keychain', 'keychain-locked'));
  await directory(desk).getByRole('button', { name: 'Enregistrer' }).click();
  await expect(directory(desk).getByRole('alert')).toContainText('Le trousseau est verrouillé');
  await expect(directory(desk).getByLabel('Mot de passe')).toHaveValue(CANARY);
});

test('a kept password is left alone, replaced, or forgotten after a second yes', async ({ desk }) => {
  await desk.open('servers');
  await desk.settings(/^Sources/);
  await book(desk).getByRole('button', { name: 'Modifier' }).click();
  await book(desk).getByRole('button', { name: 'Enregistrer' }).click();
  await expect.poll(() => desk.heard('changeSettings')).toHaveLength(1);
  expect(await desk.heard('setCredential')).toEqual([]);

  await book(desk).getByRole('button', { name: 'Modifier' }).click();
  await book(desk).getByRole('button', { name: 'Remplacer' }).click();
  await book(desk).getByLabel('Mot de passe').fill(CANARY);
  await book(desk).getByRole('button', { name: 'Enregistrer' }).click();
  await expect.poll(() => desk.heard('setCredential')).toHaveLength(1);

  await book(desk).getByRole('button', { name: 'Modifier' }).click();
  await book(desk).getByRole('button', { name: 'Oublier' }).click();
  expect(await desk.heard('forgetCredential')).toEqual([]);
  await book(desk).getByRole('button', { name: 'Oublier vraiment' }).click();
  await expect(book(desk).getByLabel('Mot de passe')).toBeVisible();
  expect((await desk.heard('forgetCredential')).map((h) => h.args[0])).toEqual(['carddav_password']);
});

test('a kept password isn’t offered to another server', async ({ desk }) => {
  await desk.open('servers');
  await desk.settings(/^Sources/);
  await book(desk).getByRole('button', { name: 'Modifier' }).click();
  await book(desk).getByLabel('Adresse').fill('https://nuage.example/autre');
  await expect(book(desk).getByText('Dans le trousseau du système')).toBeVisible();
  await book(desk).getByLabel('Adresse').fill('https://nuage.example.autre.example');
  await expect(book(desk).getByText('Dans le trousseau du système')).toHaveCount(0);
  await expect(book(desk).getByLabel('Mot de passe')).toHaveValue('');
});

test('another user has another password; nobody has none', async ({ desk }) => {
  await desk.open('servers');
  await desk.settings(/^Sources/);
  await directory(desk).getByRole('button', { name: 'Modifier' }).click();
  await expect(directory(desk).getByText('Dans le trousseau du système')).toBeVisible();
  await directory(desk).getByLabel('Utilisateur').fill('autre@exemple.fr');
  await expect(directory(desk).getByLabel('Mot de passe')).toHaveValue('');
  await directory(desk).getByLabel('Mot de passe').fill(CANARY);
  await directory(desk).getByLabel('Utilisateur').fill('');
  await expect(directory(desk).getByLabel('Mot de passe')).toHaveCount(0);
  await directory(desk).getByRole('button', { name: 'Enregistrer' }).click();
  await expect.poll(() => desk.heard('changeSettings')).toHaveLength(1);
  expect(await desk.heard('setCredential')).toEqual([]);
});

test('giving a server up says what goes, asks, and takes the password along', async ({ desk }) => {
  await desk.open('servers');
  await desk.settings(/^Sources/);
  await book(desk).getByRole('button', { name: 'Ne plus l’utiliser' }).click();
  await expect(book(desk).getByRole('alert')).toContainText('Les contacts de ce serveur quittent cet ordinateur');
  await book(desk).getByRole('button', { name: 'Annuler' }).click();
  expect(await asked(desk)).toEqual([]);
  await book(desk).getByRole('button', { name: 'Ne plus l’utiliser' }).click();
  await book(desk).getByRole('button', { name: 'Ne plus l’utiliser' }).click();
  await expect(book(desk).getByRole('button', { name: 'Ajouter un carnet' })).toBeFocused();
  expect(await asked(desk)).toEqual([
    ['forgetCredential', 'carddav_password', null],
    ['changeSettings', { carddav_url: '' }],
  ]);
});

test('Escape leaves the form as it was, and the window stays', async ({ desk, page }) => {
  await desk.open('servers');
  await desk.settings(/^Sources/);
  await book(desk).getByRole('button', { name: 'Modifier' }).click();
  await book(desk).getByLabel('Adresse').fill('https://autre.example');
  await page.keyboard.press('Escape');
  await expect(book(desk)).toContainText('nuage.example');
  expect([await desk.heard('hide'), await asked(desk)]).toEqual([[], []]);
});
