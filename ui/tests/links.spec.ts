import { expect, test } from './desk';

const GENERAL = /^Apparence et démarrage|^Appearance and start/;

test('row 12: who opens numbers is said, and a button takes them', async ({ desk, page }) => {
  await desk.open();
  await desk.settings(GENERAL);
  const links = page.getByRole('group', { name: 'Numéros cliqués ailleurs' });
  await expect(links.getByRole('status')).toHaveText('Ils s’ouvrent avec Softphone.');
  expect(await desk.heard('takeNumberLinks')).toEqual([]);
  await links.getByRole('button', { name: 'Les ouvrir avec Centrex Tray' }).click();
  await expect(links.getByRole('status')).toHaveText('Ils s’ouvrent dans Centrex Tray.');
  await expect(links.getByRole('button')).toHaveCount(0);
  expect((await desk.heard('takeNumberLinks')).length).toBe(1);
});

test('numbers that can’t be taken over say why, and the choice stays', async ({ desk, page }) => {
  await desk.open();
  await (await desk.agent()).evaluate((agent) => agent.failNext('takeNumberLinks', 'failed', 'links-not-taken'));
  await desk.settings(GENERAL);
  const links = page.getByRole('group', { name: 'Numéros cliqués ailleurs' });
  await links.getByRole('button').click();
  await expect(links.getByRole('alert')).toContainText('ne s’ouvrent toujours pas avec Centrex Tray');
  await expect(links.getByRole('status')).toHaveText('Ils s’ouvrent avec Softphone.');
  await expect(links.getByRole('button')).toBeVisible();
});

test('where the system’s settings decide, the button leads there, and who comes back sees the choice', async ({
  desk,
  page,
}) => {
  await desk.open('ready', { lang: 'en' });
  const agent = await desk.agent();
  await agent.evaluate((agent) => {
    agent.links = { opener: 'unknown', program: null, takeover: 'system_settings' };
  });
  await desk.settings(GENERAL);
  const links = page.getByRole('group', { name: 'Numbers clicked elsewhere' });
  await expect(links.getByRole('status')).toHaveText('The system doesn’t tell which program opens them.');
  await links.getByRole('button', { name: 'Choose in the system’s settings…' }).click();
  await expect.poll(async () => (await desk.heard('takeNumberLinks')).length).toBe(1);
  await agent.evaluate((agent) => {
    agent.links = { ...agent.links, opener: 'us' };
    window.dispatchEvent(new Event('focus'));
  });
  await expect(links.getByRole('status')).toHaveText('They open in Centrex Tray.');
});

for (const [opener, takeover, says, hint] of [
  ['nobody', 'not_installed', 'Aucun programme ne les ouvre.', /ne connaît pas encore Centrex Tray/],
  ['unknown', 'elsewhere', 'Le système ne dit pas quel programme les ouvre.', /cherchez les applications par défaut/],
  ['other', 'elsewhere', 'Ils s’ouvrent avec un autre programme.', /cherchez les applications par défaut/],
] as const) {
  test(`no button where none could help: ${opener}, ${takeover}`, async ({ desk, page }) => {
    await desk.open();
    await (
      await desk.agent()
    ).evaluate((agent, links) => Object.assign(agent, { links }), { opener, takeover, program: null });
    await desk.settings(GENERAL);
    const links = page.getByRole('group', { name: 'Numéros cliqués ailleurs' });
    await expect(links.getByRole('status')).toHaveText(says);
    await expect(links).toContainText(hint);
    await expect(links.getByRole('button')).toHaveCount(0);
  });
}
