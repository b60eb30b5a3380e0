import { expect, test } from './desk';

test('what is typed is understood as it is typed', async ({ desk, page }) => {
  await desk.open();
  await expect(desk.field).toBeFocused();
  await page.keyboard.type('01990012');
  await page.keyboard.type('34');
  await expect(desk.sentence).toContainText('Composera le 01\u00a099\u00a000\u00a012\u00a034');
  expect(await desk.heard('dial')).toEqual([]);
});

test('row 16: Enter twice dials once', async ({ desk, page }) => {
  await desk.open();
  await (await desk.agent()).evaluate((agent) => agent.holding.add('dial'));
  await page.keyboard.type('0199001234');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Appel demandé…' }).click({ force: true });
  await expect.poll(async () => (await desk.heard('dial')).length).toBe(1);
  await (await desk.agent()).evaluate((agent) => agent.release());
  await expect(page.getByRole('heading', { name: '01 99 00 12 34' })).toBeVisible();
  await page.keyboard.press('Enter');
  expect(await desk.heard('dial')).toEqual([{ name: 'dial', args: ['0199001234', null, false] }]);
});

test('Enter on a field without a number says so and dials nothing', async ({ desk, page }) => {
  await desk.open();
  for (const nothing of ['', '  ']) {
    await desk.field.fill(nothing);
    await expect(desk.sentence).not.toContainText('Aucun numéro');
    await page.keyboard.press('Enter');
    await expect(desk.sentence).toContainText('Aucun numéro n’a été saisi');
    await expect(desk.field).toHaveAttribute('aria-invalid', 'true');
    await page.keyboard.type('0');
    await expect(desk.sentence).not.toContainText('Aucun numéro');
  }
  expect(await desk.heard('dial')).toEqual([]);
});

test('Enter straight after the last digit dials what stands in the field', async ({ desk, page }) => {
  await desk.open();
  await (await desk.agent()).evaluate((agent) => agent.holding.add('understand'));
  await page.keyboard.type('0199001234');
  await page.keyboard.press('Enter');
  await expect.poll(() => desk.agent().then((agent) => agent.evaluate((a) => a.waiting))).toBeGreaterThan(0);
  expect(await desk.heard('dial')).toEqual([]);
  await (
    await desk.agent()
  ).evaluate((agent) => {
    agent.holding.clear();
    agent.release();
  });
  await expect.poll(async () => (await desk.heard('dial')).map((heard) => heard.args[0])).toEqual(['0199001234']);
});

test('an answer that a newer question overtook is dropped', async ({ desk }) => {
  await desk.open();
  await (await desk.agent()).evaluate((agent) => agent.holding.add('understand'));
  // At once: typed key by key, a slow machine may rest between two keys and ask twice.
  await desk.field.fill('0199001234');
  await expect.poll(async () => (await desk.heard('understand')).length).toBe(1);
  await (await desk.agent()).evaluate((agent) => agent.holding.clear());
  await desk.field.fill('112');
  await expect(desk.sentence).toContainText('numéro d’urgence');
  await (await desk.agent()).evaluate((agent) => agent.release());
  await expect(desk.sentence).toContainText('numéro d’urgence');
  await expect(desk.sentence).not.toContainText('Composera');
});

test('row 13: a paste is cleaned and the original stays in sight', async ({ desk }) => {
  await desk.open();
  await desk.paste('+33 (0)1.99.00.12.34');
  await expect(desk.field).toHaveValue('01\u00a099\u00a000\u00a012\u00a034');
  await expect(desk.sentence).toContainText('+33 (0)1.99.00.12.34');
  await expect(desk.sentence).toContainText('Composera le 01\u00a099\u00a000\u00a012\u00a034');
});

test('a paste is dialled as it came, so that nothing is lost in between', async ({ desk, page }) => {
  await desk.open();
  await desk.paste('+33 (0)1.99.00.12.34');
  await expect(desk.field).toHaveValue('01\u00a099\u00a000\u00a012\u00a034');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await desk.heard('dial')).map((h) => h.args[0])).toEqual(['+33 (0)1.99.00.12.34']);
});

test('row 14: two numbers are offered to choose from, by keyboard', async ({ desk, page }) => {
  await desk.open();
  await desk.paste('01 99 00 12 34 / 01 99 00 12 35');
  const choices = page.getByRole('list', { name: 'Quel numéro appeler' });
  await expect(choices.getByRole('button')).toHaveCount(2);
  await page.keyboard.press('Enter');
  expect(await desk.heard('dial')).toEqual([]);
  await choices.getByRole('button').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(desk.field).toBeFocused();
  await expect(desk.field).toHaveValue('01\u00a099\u00a000\u00a012\u00a035');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await desk.heard('dial')).map((h) => h.args[0])).toEqual(['+33199001235']);
});

test('a premium number asks first, and an Enter too many says neither yes nor no', async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.type('0891123456');
  await page.keyboard.press('Enter');
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('surtaxé');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  expect(await desk.heard('dial')).toEqual([]);
  await question.getByRole('button', { name: 'Appeler quand même' }).click();
  await expect.poll(() => desk.heard('dial')).toEqual([{ name: 'dial', args: ['0891123456', null, true] }]);
});

test('no to the question dials nothing and gives the field back', async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.type('0891123456');
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').waitFor();
  await page.keyboard.press('Escape');
  await expect(desk.field).toBeFocused();
  expect(await desk.heard('dial')).toEqual([]);
  expect(await desk.heard('hide')).toEqual([]);
});

test('an emergency number is refused with the reason', async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.type('112');
  await page.keyboard.press('Enter');
  await expect(desk.sentence).toContainText('Composez-le sur votre téléphone');
  await expect(desk.field).toHaveAttribute('aria-invalid', 'true');
  expect(await desk.heard('dial')).toEqual([]);
});

test('a number that lacks digits says so to who calls it, not while it is typed', async ({ desk, page }) => {
  await desk.open();
  const call = page.getByRole('button', { name: 'Appeler' });
  for (const press of [() => page.keyboard.press('Enter'), () => call.click()]) {
    await desk.field.fill('');
    await page.keyboard.type('014268530');
    await expect.poll(async () => (await desk.heard('understand')).at(-1)?.args).toEqual(['014268530']);
    await expect(desk.sentence).not.toContainText('9 chiffres');
    await expect(call).not.toHaveAttribute('aria-disabled');
    await press();
    await expect(desk.sentence).toContainText('9 chiffres');
    await expect(call).toHaveAttribute('aria-disabled', 'true');
  }
  expect(await desk.heard('dial')).toEqual([]);
  await page.keyboard.type('0');
  await expect(call).not.toHaveAttribute('aria-disabled');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await desk.heard('dial')).length).toBe(1);
});

test('the button is greyed under every reason for which nothing can be dialled', async ({ desk, page }) => {
  await desk.open();
  const call = page.getByRole('button', { name: 'Appeler' });
  for (const text of ['112', 'lettres1234']) {
    await desk.field.fill(text);
    await expect(desk.sentence.locator('.bad')).toBeVisible();
    await expect(call).toHaveAttribute('aria-disabled', 'true');
  }
  // A call that was refused for now can be asked for again.
  await (await desk.agent()).evaluate((agent) => agent.failNext('dial', 'failed', 'dial-busy'));
  await desk.field.fill('0199001234');
  await page.keyboard.press('Enter');
  await expect(desk.sentence).toContainText('Un autre appel');
  await expect(call).not.toHaveAttribute('aria-disabled');
});

test('why no call can be placed is said once, and leaves every key in sight', async ({ desk, page }) => {
  await desk.open('refused');
  const why = page.getByText('Le relais n’accepte plus cet ordinateur');
  await page.keyboard.type('0199001234');
  await expect(desk.sentence).not.toContainText('Composera');
  await expect(why).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Ouvrir les paramètres' })).toHaveCount(1);
  const call = page.getByRole('button', { name: 'Appeler' });
  await expect(call).toHaveAttribute('aria-disabled', 'true');
  const star = await page.getByRole('button', { name: 'étoile' }).boundingBox();
  const below = await call.boundingBox();
  expect((star?.y ?? 0) + (star?.height ?? 0)).toBeLessThanOrEqual(below?.y ?? 0);
  await page.keyboard.press('Enter');
  await expect(page.locator('p[role=status].visually-hidden')).toContainText('aucun appel ne peut partir');
});

test('the keys on the screen type where the caret is, and a long press on 0 gives plus', async ({ desk, page }) => {
  await desk.open();
  const keys = page.getByRole('group', { name: 'Pavé numérique' });
  await page.clock.install();
  await keys.getByRole('button', { name: /^0,/ }).hover();
  await page.mouse.down();
  await page.clock.runFor(600);
  await page.mouse.up();
  for (const digit of ['3', '3']) await keys.getByRole('button', { name: digit, exact: false }).first().click();
  await expect(desk.field).toHaveValue('+33');
  await page.keyboard.press('Home');
  await keys.getByRole('button', { name: 'étoile' }).click();
  await expect(desk.field).toHaveValue('*+33');
  await expect(desk.field).toBeFocused();
});

test('typing reaches the field from anywhere on the pad', async ({ desk, page }) => {
  await desk.open();
  await page.getByRole('button', { name: 'Appeler' }).focus();
  await page.keyboard.type('+3#a');
  await expect(desk.field).toHaveValue('+3#a');
  await page.keyboard.press('Backspace');
  await expect(desk.field).toHaveValue('+3#');
});

test('Up recalls the last dialled numbers, Down comes back to the draft', async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.type('01');
  await page.keyboard.press('ArrowUp');
  await expect(desk.field).toHaveValue('02\u00a061\u00a091\u00a045\u00a067');
  await page.keyboard.press('ArrowUp');
  await expect(desk.field).toHaveValue('06\u00a039\u00a098\u00a055\u00a066');
  await page.keyboard.press('ArrowUp');
  await expect(desk.field).toHaveValue('06\u00a039\u00a098\u00a055\u00a066');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(desk.field).toHaveValue('01');
});

test('a link fills the field and dials nothing', async ({ desk }) => {
  await desk.open();
  await (await desk.agent()).evaluate((agent) => agent.show('pad', '+33199001234'));
  await expect(desk.field).toHaveValue('01\u00a099\u00a000\u00a012\u00a034');
  await expect(desk.sentence).toContainText('Composera le');
  expect(await desk.heard('dial')).toEqual([]);
});

test('Enter right after a link came was meant for another program, and is said not to count', async ({
  desk,
  page,
}) => {
  await page.clock.install();
  await desk.open();
  await page.clock.pauseAt(Date.now() + 60_000);
  await (await desk.agent()).evaluate((agent) => agent.show('pad', 'tel:+33199001234'));
  await expect(desk.field).toHaveValue(/01.99.00.12.34/);
  await page.clock.runFor(900);
  await page.keyboard.press('Enter');
  await expect(desk.sentence).toContainText('vérifiez-le, puis appuyez de nouveau sur Entrée');
  expect(await desk.heard('dial')).toEqual([]);
  await page.clock.runFor(200);
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await desk.heard('dial')).length).toBe(1);
});

test('Enter that is held down dials nothing, and the button works at once', async ({ desk, page }) => {
  await desk.open();
  await desk.field.fill('0199001234');
  await desk.field.evaluate((field) => {
    // As the system repeats a key; the page's own submit is what an Enter that isn't held leads to.
    const held = new KeyboardEvent('keydown', { key: 'Enter', repeat: true, bubbles: true, cancelable: true });
    if (field.dispatchEvent(held)) field.closest('form')?.requestSubmit();
  });
  await (await desk.agent()).evaluate((agent) => agent.show('pad', '+33199001235'));
  await expect(desk.field).toHaveValue(/01.99.00.12.35/);
  expect(await desk.heard('dial')).toEqual([]);
  await page.getByRole('button', { name: 'Appeler' }).click();
  await expect.poll(async () => (await desk.heard('dial')).length).toBe(1);
});

test('the other line rings when it was chosen', async ({ desk, page }) => {
  await desk.open('lines');
  await page.getByLabel('Depuis').selectOption('4207002');
  await desk.field.fill('0199001234');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await desk.heard('dial')).map((h) => h.args[1])).toEqual(['4207002']);
});

test('a refused dial says why, in the field’s own place, and can be tried again', async ({ desk, page }) => {
  await desk.open();
  await (await desk.agent()).evaluate((agent) => agent.failNext('dial', 'failed', 'dial-busy'));
  await page.keyboard.type('0199001234');
  await page.keyboard.press('Enter');
  await expect(desk.sentence).toContainText('Un autre appel est en train d’être demandé');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '01 99 00 12 34' })).toBeVisible();
});

test('in a low window with a banner all keys stay in sight, above the button', async ({ desk, page }) => {
  await page.setViewportSize({ width: 320, height: 440 });
  for (const lang of ['fr', 'en']) {
    await desk.open('down', { lang });
    const call = page.getByRole('button', { name: /^(Appeler|Call)$/ });
    const last = page.locator('.keys button').last();
    for (const number of ['', '0639981234']) {
      await desk.field.fill(number);
      if (number !== '') await expect(desk.sentence).toContainText(/injoignable|reached|Composera|Will dial/);
      const [key, button] = [await last.boundingBox(), await call.boundingBox()];
      if (key === null || button === null) throw new Error('a key or the button is missing');
      expect(key.y + key.height, `${lang} “${number}”`).toBeLessThanOrEqual(button.y);
      expect(key.height).toBeGreaterThanOrEqual(24);
    }
  }
});

for (const [width, height, scenes] of [
  [360, 560, ['ready', 'lines', 'direct']],
  [320, 440, ['ready']],
] as const) {
  test(`no key moves under a finger while a number is typed: ${width} × ${height}`, async ({ desk, page }) => {
    await page.setViewportSize({ width, height });
    // What is said of each: a name and a company, nothing beside the number, a price and a question, a refusal.
    const numbers = [
      ['0639981234', /Composera|Will dial/],
      ['0199001234', /Composera|Will dial/],
      ['0891123456', /surtaxé|premium/i],
      ...(height > 500 ? [['112', /secours|emergency/i] as const] : []),
    ] as const;
    for (const scene of scenes) {
      for (const lang of ['fr', 'en']) {
        await desk.open(scene, { lang });
        const key = page.locator('.keys button').nth(4);
        await expect(desk.sentence.locator('p').first()).toBeVisible();
        const before = await key.boundingBox();
        for (const [number, said] of numbers) {
          await desk.field.fill('');
          await page.keyboard.type(number.slice(0, 1));
          expect(await key.boundingBox(), `${scene} ${lang} ${number}, first digit`).toEqual(before);
          await page.keyboard.type(number.slice(1));
          await expect(desk.sentence).toContainText(said);
          expect(await key.boundingBox(), `${scene} ${lang} ${number}`).toEqual(before);
        }
      }
    }
  });
}
