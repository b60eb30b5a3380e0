import { expect, test } from './desk';

test('row 15: the card tells each stage as it comes', async ({ desk, page }) => {
  const begin = new Date('2026-06-15T12:00:00Z');
  await page.clock.install({ time: begin });
  await desk.open();
  await page.keyboard.type('0199001234');
  await page.keyboard.press('Enter');
  const card = page.getByRole('region', { name: 'Appel en cours de composition' });
  await expect(card).toContainText('Demande d’appel en cours');
  const stage = async (stage: 'pick_up' | 'calling' | 'talking' | 'ended') =>
    (await desk.agent()).evaluate((agent, stage) => agent.stage(stage), stage);
  await stage('pick_up');
  await expect(card).toContainText('Décrochez votre téléphone');
  await expect(card.getByRole('listitem').filter({ hasText: 'Votre téléphone' })).toContainText('en cours');
  await stage('calling');
  await expect(card).toContainText('Appel vers le');
  await expect(card.getByRole('listitem').filter({ hasText: 'Correspondant' })).toContainText('en cours');
  // The card asks to pick up in case the phone still rings: it mustn't say that it was.
  await expect(card.getByRole('listitem').filter({ hasText: 'Votre téléphone' })).toContainText('en cours');
  await expect(card).not.toContainText('décroché');
  // From here on time passes when the test says so. The card's second is its own: it may begin anywhere within ours.
  await page.clock.pauseAt(new Date(begin.getTime() + 5 * 60_000));
  await stage('talking');
  await expect(card.getByRole('timer')).toHaveText('00:00');
  await expect(card.getByRole('listitem').filter({ hasText: ', décroché' })).toHaveCount(2);
  await page.clock.runFor(65_999);
  await expect(card.getByRole('timer')).toHaveText('01:05');
  await stage('ended');
  await expect(card).toContainText('Appel terminé');
  await expect(card).toContainText('Durée');
  await card.getByRole('button', { name: 'Fermer' }).click();
  await expect(desk.field).toHaveValue('');
  await expect(desk.field).toBeFocused();
});

test('a failure gives the reason; closing keeps the number in the field', async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.type('0199001234');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '01 99' })).toBeVisible();
  await (await desk.agent()).evaluate((agent) => agent.stage('failed'));
  await expect(page.locator('main')).toContainText('La plateforme n’a pas d’adresse de callback');
  await page.getByRole('button', { name: 'Fermer' }).click();
  await expect(desk.field).toHaveValue('0199001234');
});

test('nobody is told to try again what only somebody else can mend', async ({ desk, page }) => {
  await desk.open('failed');
  const says = async (id: string) =>
    (await desk.agent()).evaluate((agent, id) => {
      const { dial } = agent.snapshot;
      if (dial !== null) agent.change({ dial: { ...dial, message: { id, args: { rang: 'no' } } } });
    }, id);
  const again = page.getByRole('button', { name: 'Réessayer' });
  const settings = page.getByRole('button', { name: 'Ouvrir les paramètres' });
  await says('dial-failed-unreachable-by-relay');
  await expect(page.locator('main')).toContainText('n’a pas pu joindre la plateforme');
  await expect(again).toBeVisible();
  await expect(settings).toHaveCount(0);
  for (const [id, said] of [
    ['dial-failed-rule-refused', 'Votre entreprise n’autorise pas'],
    ['dial-failed-wrong-key-by-relay', 'La plateforme refuse la clé du relais'],
  ] as const) {
    await says(id);
    await expect(page.locator('main')).toContainText(said);
    await expect(again).toHaveCount(0);
    await expect(settings).toHaveCount(0);
  }
  await page.getByRole('button', { name: 'Fermer' }).click();
  await expect(desk.field).toBeFocused();
});

test('again dials the same number once', async ({ desk, page }) => {
  await desk.open('ended');
  await page.getByRole('button', { name: 'Rappeler' }).dblclick();
  await expect(page.locator('main')).toContainText('Demande d’appel en cours');
  expect(await desk.heard('dial')).toEqual([{ name: 'dial', args: ['+33199001234', '4207001', false] }]);
});

test('the agent’s own question waits for a yes', async ({ desk, page }) => {
  await desk.open('question');
  await page.keyboard.press('Enter');
  expect(await desk.heard('dial')).toEqual([]);
  await page.getByRole('button', { name: 'Appeler quand même' }).click();
  await expect.poll(() => desk.heard('dial')).toEqual([{ name: 'dial', args: ['+33199001234', '4207001', true] }]);
});

test('again and yes ring the line that the card names', async ({ desk, page }) => {
  await desk.open('lines-ended');
  await expect(page.locator('main')).toContainText('Depuis la ligne 01 99 00 00 02');
  await page.getByRole('button', { name: 'Rappeler' }).click();
  await expect.poll(() => desk.heard('dial')).toEqual([{ name: 'dial', args: ['+33199001234', '4207002', false] }]);

  await desk.open('lines-question');
  await page.getByRole('button', { name: 'Appeler quand même' }).click();
  await expect.poll(() => desk.heard('dial')).toEqual([{ name: 'dial', args: ['+33199001234', '4207002', true] }]);
});

test('a line that is no longer served is not asked for', async ({ desk, page }) => {
  await desk.open('lines-ended');
  await (await desk.agent()).evaluate((agent) => agent.change({ accounts: [{ id: '4207001', default: true }] }));
  await page.getByRole('button', { name: 'Rappeler' }).click();
  await expect.poll(() => desk.heard('dial')).toEqual([{ name: 'dial', args: ['+33199001234', null, false] }]);
});

test('the card of a request under way stays until it is answered', async ({ desk, page }) => {
  await desk.open('asking');
  await page.getByRole('button', { name: 'Masquer' }).click({ force: true });
  await expect(page.locator('main')).toContainText('Demande d’appel en cours');
  expect(await desk.heard('dismissDial')).toEqual([]);
});
