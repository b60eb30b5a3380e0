import AxeBuilder from '@axe-core/playwright';

import { type Desk, expect, test } from './desk';

/** Its name, the place, and what is pressed there. */
type Scene = [string, RegExp | null, RegExp?];

const SCENES: Scene[] = [
  ['ready', null],
  ['lines', null],
  ['trouble', null],
  ['lost', null],
  ['pick-up', null],
  ['talking', null],
  ['failed', null],
  ['ready', /Appels|Calls/],
  ['ringing', /Appels|Calls/],
  ['journal', /Appels|Calls/],
  ['direct', /Appels|Calls/],
  ['ready', /Contacts/],
  ['direct', /Contacts/],
  ['hostile', /Contacts/],
  ['ready', /Paramètres|Settings/],
  ...[/^Conne/, /^Alert/, /^Fiche|^Record/, /^Sources/, /^Appels et|^Calls and/, /^Appa|^Appe/, /^À propos|^About/].map(
    (page): Scene => ['rich', /Paramètres|Settings/, page],
  ),
  ['locked', /Paramètres|Settings/, /^Alert/],
  ['locked', /Paramètres|Settings/, /^Fiche|^Record/],
  ['direct', /Paramètres|Settings/, /^Conne/],
  ['servers', /Paramètres|Settings/, /^Sources/],
  ['named', null],
  ['ready', /Contacts/, /^Nouveau contact|^New contact/],
  ['ready', /Contacts/, /^Importer, exporter|^Import, export/],
  ['ready', /Contacts/, /choisir un numéro|choose a number/],
  ['first', null],
  ['enrol', null],
];

/** Opens a scene and goes where it is looked at. */
async function goTo(desk: Desk, [scene, place, press]: Scene, query: Record<string, string>): Promise<void> {
  await desk.open(scene, query);
  if (place !== null) await desk.place(place).click();
  if (press !== undefined) await desk.page.locator('main').getByRole('button', { name: press }).first().click();
}

const title = (scene: Scene) => scene.filter((part) => part !== null).join(' ');

// Contrast depends on the theme, names on the language: two of the four pairs hold all of both.
for (const [theme, lang] of [
  ['light', 'fr'],
  ['dark', 'en'],
] as const) {
  for (const scene of SCENES) {
    test(`nothing bars the way: ${title(scene)}, ${theme}, ${lang}`, async ({ desk, page }) => {
      // The long lists have thousands of nodes to look at.
      test.setTimeout(120_000);
      await goTo(desk, scene, { theme, lang });
      const found = await new AxeBuilder({ page }).analyze();
      expect(found.violations.map((v) => `${v.id} ${v.nodes.map((n) => n.html).join(' ')}`)).toEqual([]);
    });
  }
}

for (const scene of ['ready', 'direct']) {
  for (const place of [/Composer/, /Appels/, /Contacts/, /Paramètres/]) {
    test(`everything is reached by keyboard alone, with a visible focus: ${scene} ${place}`, async ({ desk, page }) => {
      await desk.open(scene);
      await desk.place(place).click();
      const all = page.locator('main, nav').locator('button:visible, input:visible, select:visible');
      // Of a group of radios, Tab reaches one; arrows do the rest.
      const reachable = await all.evaluateAll(
        (elements) =>
          elements.filter((e) => !(e instanceof HTMLInputElement && e.type === 'radio' && !e.checked)).length,
      );
      await page.locator('body').click({ position: { x: 1, y: 1 } });
      const seen = new Set<string>();
      for (let i = 0; i < reachable + 2; i += 1) {
        await page.keyboard.press('Tab');
        const focus = await page.evaluate(() => {
          const element = document.activeElement;
          if (element === null || element === document.body) return null;
          const shown = [element, element.nextElementSibling, element.parentElement].some((e) => {
            if (e === null) return false;
            const style = getComputedStyle(e);
            return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
          });
          const every = [...document.querySelectorAll('button, input, select')];
          return { id: `${every.indexOf(element)}`, shown };
        });
        if (focus === null) continue;
        expect(focus.shown, `focus ${focus.id} is visible`).toBe(true);
        seen.add(focus.id);
      }
      expect(seen.size).toBe(reachable);
    });
  }
}

test('Escape hides the window from every place', async ({ desk, page }) => {
  await desk.open();
  for (const place of [/Composer/, /Appels/, /Contacts/, /Paramètres/]) {
    await desk.place(place).click();
    await page.keyboard.press('Escape');
  }
  expect((await desk.heard('hide')).length).toBe(4);
});

/** As the window opens, at its smallest, and that twice as large. */
const SIZES = [
  [360, 560],
  [320, 440],
  [180, 280],
] as const;

for (const scene of SCENES) {
  test(`nothing is cut off sideways: ${title(scene)}`, async ({ desk, page }) => {
    for (const lang of ['fr', 'en']) {
      await goTo(desk, scene, { lang });
      for (const [width, height] of SIZES) {
        await page.setViewportSize({ width, height });
        const cut = await page.evaluate(() =>
          [...document.querySelectorAll('main *, nav *, dialog *')]
            .filter((e) => e.closest('.visually-hidden') === null && e.getClientRects().length > 0)
            .filter((e) => {
              const box = e.getBoundingClientRect();
              return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
            })
            .map((e) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 30)}`),
        );
        expect(cut, `${lang} ${width} × ${height}`).toEqual([]);
      }
      await page.setViewportSize({ width: 360, height: 560 });
    }
  });
}

test('who calls is in sight twice as large too', async ({ desk, page }) => {
  await page.setViewportSize({ width: 180, height: 280 });
  for (const lang of ['fr', 'en']) {
    await desk.open('ringing', { lang });
    const cut = await page
      .getByRole('button', { name: /06 39 98 12 34/ })
      .locator('bdi')
      .evaluate((party) => {
        const text = party.closest('.text')?.getBoundingClientRect();
        return text === undefined || party.getBoundingClientRect().right > text.right + 0.5;
      });
    expect(cut, lang).toBe(false);
  }
});

test('every key is whole, at the smallest size with a ringing call, at the usual one with a banner', async ({
  desk,
  page,
}) => {
  await page.setViewportSize({ width: 320, height: 440 });
  for (const scene of ['ready', 'ringing', 'down']) {
    // A banner takes the room that the window’s usual height has to spare.
    if (scene === 'down') await page.setViewportSize({ width: 360, height: 560 });
    for (const lang of ['fr', 'en']) {
      await desk.open(scene, { lang });
      const keys = page.locator('.keys button');
      await expect(keys).toHaveCount(12);
      const covered = await keys.evaluateAll((all) =>
        all
          .filter((key) => {
            const box = key.getBoundingClientRect();
            const middle = box.left + box.width / 2;
            return [box.top + 0.5, box.bottom - 0.5].some((y) => !key.contains(document.elementFromPoint(middle, y)));
          })
          .map((key) => key.textContent.trim()),
      );
      expect(covered, `${scene} ${lang}`).toEqual([]);
    }
  }
});

test('the call button is in sight at the smallest size, whatever banner is shown', async ({ desk, page }) => {
  await page.setViewportSize({ width: 320, height: 440 });
  for (const scene of ['ready', 'lines', 'down', 'refused', 'lost']) {
    await desk.open(scene);
    await expect(page.getByRole('button', { name: /^(Appeler|Call)$/ })).toBeInViewport({ ratio: 1 });
  }
});
