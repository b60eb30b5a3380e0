import { expect, test } from './desk';

const OTHER = '01\u00a099\u00a000\u00a077\u00a088';

for (const scene of ['ended', 'failed']) {
  test(`a number that comes from elsewhere takes the place of a call that is over (${scene})`, async ({ desk }) => {
    await desk.open(scene);
    await (await desk.agent()).evaluate((agent) => agent.show('pad', '+33199007788'));
    await expect(desk.field).toHaveValue(OTHER);
    await expect(desk.field).toBeFocused();
    expect((await desk.heard('dismissDial')).length).toBe(1);
    expect(await desk.heard('dial')).toEqual([]);
  });

  test(`digits typed on the card of a call that is over begin the next number (${scene})`, async ({ desk, page }) => {
    await desk.open();
    await page.keyboard.type('0199001234');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '01 99 00 12 34' }).waitFor();
    await (await desk.agent()).evaluate((agent, scene) => agent.stage(scene as 'ended' | 'failed'), scene);
    await page.getByRole('button', { name: 'Fermer' }).waitFor();
    await page.keyboard.type('0199007788');
    await expect(desk.field).toHaveValue('0199007788');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => (await desk.heard('dial')).map((h) => h.args[0]))
      .toEqual(['0199001234', '0199007788']);
  });

  test(`a paste on the card of a call that is over begins the next number (${scene})`, async ({ desk }) => {
    await desk.open(scene);
    await desk.paste('01 99 00 77 88');
    await expect(desk.field).toHaveValue(OTHER);
    expect((await desk.heard('dismissDial')).length).toBe(1);
  });
}

for (const scene of ['pick-up', 'talking', 'question']) {
  test(`a number that comes during a call waits until its card has gone (${scene})`, async ({ desk, page }) => {
    await desk.open(scene);
    await (await desk.agent()).evaluate((agent) => agent.show('pad', '+33199007788'));
    await expect(page.getByText(`Numéro suivant, en attente\u00a0: ${OTHER}`)).toBeVisible();
    await page.keyboard.type('5');
    expect(await desk.heard('dismissDial')).toEqual([]);
    await page.getByRole('button', { name: scene === 'question' ? 'Ne pas appeler' : 'Masquer' }).click();
    await expect(desk.field).toHaveValue(OTHER);
    expect(await desk.heard('dial')).toEqual([]);
  });
}

test('a number that came during a call is still there when the ended call is closed', async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.type('0199001234');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '01 99 00 12 34' }).waitFor();
  const agent = await desk.agent();
  await agent.evaluate((agent) => agent.stage('talking'));
  await agent.evaluate((agent) => agent.show('pad', '+33199007788'));
  await agent.evaluate((agent) => agent.stage('ended'));
  await page.getByRole('button', { name: 'Fermer' }).click();
  await expect(desk.field).toHaveValue(OTHER);
});

test('nothing is dialled before the call that is over was given up', async ({ desk, page }) => {
  await desk.open('ended');
  await (await desk.agent()).evaluate((agent) => agent.holding.add('dismissDial'));
  await page.keyboard.type('0199007788');
  await expect(desk.sentence).toContainText('Composera le');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Appel demandé…' })).toBeVisible();
  expect(await desk.heard('dial')).toEqual([]);
  await (await desk.agent()).evaluate((agent) => agent.release());
  await expect.poll(async () => (await desk.heard('dial')).map((h) => h.args[0])).toEqual(['0199007788']);
  await expect(page.getByText('Demande d’appel en cours')).toBeVisible();
});

test('opening the pad again puts an ended call away, and leaves a fresh failure to be read', async ({ desk, page }) => {
  await desk.open('ended');
  await (await desk.agent()).evaluate((agent) => agent.show('pad'));
  await expect(desk.field).toBeFocused();
  await (await desk.agent()).evaluate((agent) => agent.stage('failed'));
  await (await desk.agent()).evaluate((agent) => agent.show('pad'));
  await expect(page.getByRole('button', { name: 'Fermer' })).toBeVisible();
});

test('a call that lives marks the calls, and one that rings is named on the pad', async ({ desk, page }) => {
  await desk.open('ended');
  await expect(desk.place(/appel en cours/)).toHaveCount(0);
  await (await desk.agent()).evaluate((agent) => agent.ring());
  await expect(desk.place(/Appels 1 appel en cours/)).toBeVisible();
  await page.getByRole('status').getByRole('button', { name: 'Appel entrant · 06 39 98 12 34' }).click();
  await expect(page.getByRole('heading', { name: 'En cours' })).toBeVisible();
});

test('why nothing can be dialled stands under the number, with the way to the settings', async ({ desk, page }) => {
  await desk.open('first');
  await desk.place(/Composer/).click();
  await page.keyboard.type('0199001234');
  await expect(desk.sentence).toContainText('Rien n’est encore configuré pour appeler');
  await expect(desk.sentence).not.toContainText('Composera');
  await desk.sentence.getByRole('button', { name: 'Ouvrir les paramètres' }).click();
  await expect(page.getByRole('heading', { name: 'Bienvenue' })).toBeVisible();
});

test('a failure that the settings can mend leads there', async ({ desk, page }) => {
  await desk.open('failed');
  const button = page.getByRole('main').getByRole('button', { name: 'Ouvrir les paramètres' });
  await expect(page.getByRole('button', { name: 'Fermer' })).toBeVisible();
  await expect(button).toHaveCount(0);
  await (
    await desk.agent()
  ).evaluate((agent) => {
    const dial = agent.snapshot.dial;
    if (dial !== null) agent.change({ dial: { ...dial, message: { id: 'dial-failed-wrong-key', args: {} } } });
  });
  await button.click();
  await expect(page.getByRole('heading', { name: 'Connexion' })).toBeVisible();
});

test('the longest usual number stands whole in the field', async ({ desk, page }) => {
  await desk.open();
  for (const text of ['01 99 00 12 34', '+33 1 99 00 12 34', '+33 (0)1 99 00 12 34']) {
    await desk.field.fill(text);
    const clipped = await desk.field.evaluate((input) => input.scrollWidth - input.clientWidth);
    expect(clipped, text).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 320, height: 440 });
  await desk.field.fill('+33 1 99 00 12 34');
  expect(await desk.field.evaluate((input) => input.scrollWidth - input.clientWidth)).toBeLessThanOrEqual(0);
});

test('a relay typed without https:// is asked over https', async ({ desk, page }) => {
  await desk.open('first');
  await page.getByRole('button', { name: /code d’inscription/ }).click();
  await page.getByLabel('Adresse du relais').fill('relais.example');
  await page.getByLabel('Code d’inscription').fill('K7QF-9M2X');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await desk.heard('enrol')).map((h) => h.args[0])).toEqual(['https://relais.example']);
});
