import { expect, test } from './desk';

const CANARY = 'canary-7f3a9c';

test('a first start begins with a choice and ends connected', async ({ desk, page }) => {
  await desk.open('first');
  await expect(page.getByRole('heading', { name: 'Bienvenue' })).toBeVisible();
  await page.getByRole('button', { name: /code d’inscription/ }).click();
  await expect(page.getByLabel('Adresse du relais')).toBeFocused();
  await page.getByRole('button', { name: 'Inscrire cet ordinateur' }).click();
  await expect(page.getByRole('alert')).toContainText('Indiquez l’adresse du relais');
  await page.getByLabel('Adresse du relais').fill('https://relais.example');
  await page.getByLabel('Code d’inscription').fill('K7QF-9M2X');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Connecté au relais')).toBeVisible();
  // What is left to do is offered, and the way to the pad.
  const ready = page.getByRole('region', { name: 'C’est prêt' });
  await expect(ready.getByRole('heading')).toBeFocused();
  await ready.getByRole('switch', { name: /session/ }).click();
  await expect
    .poll(async () => (await desk.heard('changeSettings')).map((h) => h.args))
    .toEqual([[{ autostart: true }]]);
  await ready.getByRole('button', { name: 'Composer un numéro' }).click();
  await expect(desk.field).toBeFocused();
  await desk.settings(/^Connexion/);
  await expect(ready).toHaveCount(0);
  await expect(page.getByText('Cet ordinateur est inscrit auprès de')).toBeVisible();
  expect(await desk.heard('enrol')).toEqual([{ name: 'enrol', args: ['https://relais.example', 'K7QF-9M2X'] }]);
});

test('a secret is set and forgotten, and never stands in the page again', async ({ desk, page }) => {
  await desk.open('first');
  await page.getByRole('button', { name: /clé d’API/ }).click();
  await page.getByLabel('Identifiant du compte').fill('4207001');
  const secret = page.getByLabel('Clé d’API', { exact: true }).and(page.locator('input[type=password]'));
  await secret.fill(CANARY);
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await desk.settings(/^Connexion/);
  await expect(page.getByText('Dans le trousseau du système')).toBeVisible();
  expect((await desk.heard('setCredential')).map((h) => h.args)).toEqual([['api_key', '4207001', CANARY]]);
  expect(await page.content()).not.toContain(CANARY);
  const values = await page.locator('input').evaluateAll((inputs) => inputs.map((i) => (i as HTMLInputElement).value));
  expect(values).not.toContain(CANARY);
  // A double click is one press: it asks, and its second half, where it falls on the answer, doesn't answer.
  await page.getByRole('button', { name: 'Oublier' }).click();
  const sure = page.getByRole('button', { name: 'Oublier vraiment' });
  await sure.dispatchEvent('click', { detail: 2 });
  await expect(sure).toBeVisible();
  expect(await desk.heard('forgetCredential')).toEqual([]);
  await sure.click();
  await expect
    .poll(async () => (await desk.heard('forgetCredential')).map((h) => h.args))
    .toEqual([['api_key', '4207001']]);
});

test('a keychain that refuses says so, and what was typed is still there', async ({ desk, page }) => {
  await desk.open('first');
  await (await desk.agent()).evaluate((agent) => agent.failNext('setCredential', 'keychain', 'keychain-locked'));
  await page.getByRole('button', { name: /clé d’API/ }).click();
  await page.getByLabel('Identifiant du compte').fill('4207001');
  await page.locator('input[type=password]').fill(CANARY);
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await expect(page.getByRole('alert')).toContainText('Le trousseau est verrouillé');
  await expect(page.locator('input[type=password]')).toHaveValue(CANARY);
  expect(await desk.heard('changeSettings')).toEqual([]);
});

test('the connection test shows each step as it arrives', async ({ desk, page }) => {
  await desk.open();
  await (await desk.agent()).evaluate((agent) => agent.holding.add('step'));
  await desk.settings(/^Connexion/);
  await page.getByRole('button', { name: 'Tester la connexion' }).click();
  const steps = page.getByRole('list', { name: 'Étapes du test' }).getByRole('listitem');
  await expect(page.getByRole('button', { name: 'Test en cours…' })).toBeVisible();
  for (const count of [1, 2, 3]) {
    await expect.poll(() => desk.agent().then((agent) => agent.evaluate((a) => a.waiting))).toBe(1);
    await (await desk.agent()).evaluate((agent) => agent.release());
    await expect(steps).toHaveCount(count);
  }
  await expect(page.getByText('Tout fonctionne.')).toBeVisible();
});

test('two steps of one name are two lines', async ({ desk, page }) => {
  await desk.open();
  await (
    await desk.agent()
  ).evaluate((agent) => (agent.steps = agent.steps.flatMap((step) => [step, step]).slice(0, 3)));
  await desk.settings(/^Connexion/);
  await page.getByRole('button', { name: 'Tester la connexion' }).click();
  await expect(page.getByText('Tout fonctionne.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Étapes du test' }).getByRole('listitem')).toHaveCount(3);
});

test('the language switches at once, everywhere', async ({ desk, page }) => {
  // At night the newest call would be yesterday's.
  await page.clock.setFixedTime(new Date('2026-06-15T12:00:00Z'));
  await desk.open();
  await desk.settings(/^Apparence/);
  await page.getByRole('radio', { name: 'English' }).check();
  await expect(page.getByRole('heading', { name: 'Appearance and start' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await desk.place(/Calls/).click();
  await expect(page.getByRole('heading', { name: 'Today' })).toBeVisible();
});

test('the theme switches at once, and follows the system when asked to', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(/^Apparence/);
  await page.getByRole('radio', { name: 'Sombre' }).check();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('group', { name: 'Thème' }).getByRole('radio', { name: 'Système' }).check();
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('what the company fixed is shown and can’t be changed', async ({ desk, page }) => {
  await desk.open('locked');
  await desk.settings(/^Connexion/);
  await expect(page.getByRole('radio', { name: 'Direct' })).toBeDisabled();
  await desk.place(/Appels/).click();
  await desk.settings(/^Alertes/);
  await expect(page.getByRole('switch', { name: 'Appels entrants' })).toBeDisabled();
  await expect(page.getByRole('switch', { name: 'Appels manqués' })).toBeEnabled();
  await expect(page.getByText('Fixé par votre entreprise').first()).toBeVisible();
});

test('switches change one setting each', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(/^Alertes/);
  await page.getByRole('switch', { name: 'Son', exact: true }).click();
  await expect(page.getByRole('switch', { name: 'Son', exact: true })).toBeChecked();
  expect((await desk.heard('changeSettings')).map((h) => h.args)).toEqual([[{ sound: true }]]);
});

test('what is changed while another change is written is written after it', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(/^Alertes/);
  const agent = await desk.agent();
  const written = async () => (await desk.heard('changeSettings')).map((h) => h.args[0]);
  await page.getByRole('switch', { name: 'Heures calmes' }).click();
  await agent.evaluate((agent) => agent.holding.add('changeSettings'));
  await page.getByLabel('lundi').uncheck();
  await page.getByLabel('mardi').uncheck();
  const sound = page.getByRole('switch', { name: 'Son', exact: true });
  await sound.click();
  await expect(sound).toBeChecked();
  expect(await written()).toHaveLength(2);
  await agent.evaluate((agent) => {
    agent.holding.clear();
    agent.release();
  });
  await expect
    .poll(written)
    .toEqual([
      { quiet_hours: '19:00-08:00 mon,tue,wed,thu,fri' },
      { quiet_hours: '19:00-08:00 tue,wed,thu,fri' },
      { quiet_hours: '19:00-08:00 wed,thu,fri' },
      { sound: true },
    ]);
  await expect(page.getByLabel('lundi')).not.toBeChecked();
  await expect(page.getByLabel('mardi')).not.toBeChecked();
  await expect(sound).toBeChecked();
});

test('a change that fails is taken back and told, and the next is written all the same', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(/^Alertes/);
  const agent = await desk.agent();
  await agent.evaluate((agent) => {
    agent.holding.add('changeSettings');
    agent.failNext('changeSettings', 'settings', 'settings-change-unwritable');
  });
  const sound = page.getByRole('switch', { name: 'Son', exact: true });
  const outgoing = page.getByRole('switch', { name: 'Appels sortants' });
  await sound.click();
  await outgoing.click();
  await expect(outgoing).toBeChecked();
  await agent.evaluate((agent) => {
    agent.holding.clear();
    agent.release();
  });
  await expect(page.getByRole('alert')).toContainText('réglage n’a pas été enregistré');
  await expect(sound).not.toBeChecked();
  await expect(outgoing).toBeChecked();
  expect((await desk.heard('changeSettings')).map((h) => h.args[0])).toEqual([
    { sound: true },
    { notify_outgoing: true },
  ]);
});

test('an enrolment link shows the host large and waits for a yes', async ({ desk, page }) => {
  await desk.open('enrol');
  const dialog = page.getByRole('dialog', { name: 'Inscrire cet ordinateur' });
  await expect(dialog).toContainText('telephonie.relais.example');
  const size = await dialog.locator('.host').evaluate((host) => parseFloat(getComputedStyle(host).fontSize));
  expect(size).toBeGreaterThanOrEqual(20);
  await page.keyboard.press('Enter');
  expect(await desk.heard('acceptEnrolment')).toEqual([]);
  await dialog.getByRole('button', { name: 'Refuser' }).click();
  await expect(dialog).toHaveCount(0);
  expect((await desk.heard('dismissEnrolment')).length).toBe(1);
  expect(await desk.heard('acceptEnrolment')).toEqual([]);
});

test('a link that cannot be obeyed says why and what to do, until it is read', async ({ desk, page }) => {
  await desk.open();
  await (
    await desk.agent()
  ).evaluate((agent) => agent.change({ link_problem: { id: 'enrol-address-plain', args: {} } }));
  const banner = page.locator('.banners');
  await expect(banner).toContainText('Lien d’inscription');
  await expect(banner).toContainText('Demandez à votre administrateur l’adresse en https://');
  await banner.getByRole('button', { name: 'Fermer' }).click();
  await expect(banner).not.toContainText('Lien d’inscription');
  expect((await desk.heard('dismissEnrolment')).length).toBe(1);
});

test('yes to an enrolment link is a yes to the link that was shown', async ({ desk, page }) => {
  await desk.open('enrol');
  await page.getByRole('dialog').getByRole('button', { name: 'Inscrire cet ordinateur' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect((await desk.heard('acceptEnrolment')).map((h) => h.args)).toEqual([
    ['https://telephonie.relais.example', 'link-1'],
  ]);
});

test('a link whose code is none leads to the form, with the address in it', async ({ desk, page }) => {
  await page.setViewportSize({ width: 360, height: 440 });
  await desk.open('enrol');
  const dialog = page.getByRole('dialog', { name: 'Inscrire cet ordinateur' });
  await expect(dialog.getByRole('button', { name: 'Saisir le code' })).toHaveCount(0);
  await (await desk.agent()).evaluate((agent) => agent.failNext('acceptEnrolment', 'failed', 'enrol-code-mistyped'));
  await dialog.getByRole('button', { name: 'Inscrire cet ordinateur' }).click();
  await expect(dialog.getByRole('alert')).toBeInViewport({ ratio: 0.95 });
  for (const name of ['Inscrire cet ordinateur', 'Saisir le code', 'Refuser']) {
    await expect(dialog.getByRole('button', { name })).toBeInViewport({ ratio: 1 });
  }
  await dialog.getByRole('button', { name: 'Saisir le code' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByLabel('Adresse du relais')).toHaveValue('https://telephonie.relais.example');
  await expect(page.getByLabel('Code d’inscription')).toBeFocused();
  await page.keyboard.type('K7QF-9M2X');
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => (await desk.heard('enrol')).map((h) => h.args))
    .toEqual([['https://telephonie.relais.example', 'K7QF-9M2X']]);
});

test('an enrolled computer takes another relay’s code the same way', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(/^Connexion/);
  const agent = await desk.agent();
  await agent.evaluate((agent) => {
    agent.failNext('acceptEnrolment', 'failed', 'enrol-code-mistyped');
    agent.change({
      pending_enrolment: { id: 'link-2', relay: 'https://autre.relais.example', host: 'autre.relais.example' },
    });
  });
  const dialog = page.getByRole('dialog', { name: 'Inscrire cet ordinateur' });
  await dialog.getByRole('button', { name: 'Inscrire cet ordinateur' }).click();
  await dialog.getByRole('button', { name: 'Saisir le code' }).click();
  await expect(page.getByLabel('Adresse du relais')).toHaveValue('https://autre.relais.example');
  await expect(page.getByLabel('Code d’inscription')).toBeFocused();
});

test('a desk that lacks only its code is led to it, wherever it is asked for', async ({ desk, page }) => {
  await desk.open('unenrolled');
  const code = page.getByLabel('Code d’inscription');
  await expect(code).toBeFocused();
  await expect(page.getByLabel('Adresse du relais')).toHaveValue('https://relais.example');
  await desk.place(/^Composer|^Clavier/).click();
  await expect(desk.field).toBeFocused();
  await page.locator('.banners').getByRole('button', { name: 'Ouvrir les paramètres' }).click();
  await expect(code).toBeFocused();
  await desk.place(/Paramètres/).click();
  await expect(page.locator('[data-page=connection]')).toContainText('Non inscrit');
  await (await desk.agent()).evaluate((agent) => agent.show('pad'));
  await expect(code).toBeFocused();
});

test('a link that comes while another is read asks anew', async ({ desk, page }) => {
  await desk.open('enrol');
  const dialog = page.getByRole('dialog', { name: 'Inscrire cet ordinateur' });
  const yes = dialog.getByRole('button', { name: 'Inscrire cet ordinateur' });
  await yes.hover();
  await page.mouse.down();
  await (
    await desk.agent()
  ).evaluate((agent) =>
    agent.change({
      pending_enrolment: { id: 'link-2', relay: 'https://autre.relais.example', host: 'autre.relais.example' },
    }),
  );
  await expect(dialog).toContainText('autre.relais.example');
  await page.mouse.up();
  await expect(dialog.getByRole('heading')).toBeFocused();
  // The same relay with another code is another link, too.
  await yes.hover();
  await page.mouse.down();
  await (
    await desk.agent()
  ).evaluate((agent) =>
    agent.change({
      pending_enrolment: { id: 'link-3', relay: 'https://autre.relais.example', host: 'autre.relais.example' },
    }),
  );
  await expect(dialog.getByRole('heading')).toBeFocused();
  await page.mouse.up();
  expect(await desk.heard('acceptEnrolment')).toEqual([]);
  await (await desk.agent()).evaluate((agent) => agent.failNext('acceptEnrolment', 'failed', 'enrol-link-changed'));
  await yes.click();
  await expect(dialog.getByRole('alert')).toContainText('n’attend plus votre réponse');
  await yes.click();
  await expect(dialog).toHaveCount(0);
  await desk.settings(/^Connexion/);
  await expect(page.getByText('Cet ordinateur est inscrit auprès de')).toBeVisible();
});

test('a silent agent is said, can be started, and comes back', async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.type('0199');
  await (await desk.agent()).evaluate((agent) => agent.setLink('lost'));
  await expect(page.getByText('Centrex Tray ne répond plus')).toBeVisible();
  await page.getByRole('button', { name: 'Démarrer Centrex Tray' }).click();
  expect((await desk.heard('startAgent')).length).toBe(1);
  await (await desk.agent()).evaluate((agent) => agent.setLink('up'));
  await expect(page.getByText('Centrex Tray ne répond plus')).toHaveCount(0);
  await expect(desk.field).toHaveValue('0199');
});

test('quitting is asked once more', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(/^À propos/);
  await page.getByRole('button', { name: 'Quitter Centrex Tray' }).click();
  expect(await desk.heard('quit')).toEqual([]);
  await page.getByRole('button', { name: 'Quitter', exact: true }).click();
  expect((await desk.heard('quit')).length).toBe(1);
});
