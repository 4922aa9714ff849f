// Drives a session through the gateway as its users do. Arguments: the gateway, the site.
const { chromium } = require('playwright-core');
const assert = require('node:assert');

(async () => {
  const [endpoint, site] = process.argv.slice(2);
  const browser = await chromium.connectOverCDP(endpoint);
  const [context] = browser.contexts();
  const page = context.pages()[0];
  await page.goto(`${site}/form`);
  await page.getByLabel('Name').fill('Ann Lee');
  await page.getByLabel('City').pressSequentially('Rome');
  await page.getByRole('combobox').selectOption('blue');
  // Files travel with the command; those of the server don't.
  const file = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') };
  await page.locator('input[type=file]').setInputFiles(file);
  assert.equal(await page.evaluate(() => document.querySelector('[type=file]').files[0].text()), 'hello');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('Thanks, Ann Lee from Rome, blue').waitFor();
  const inner = page.frameLocator('iframe');
  await inner.getByRole('button', { name: 'Inside' }).click();
  assert.equal(await inner.locator('#out').textContent(), 'clicked inside');
  assert.equal((await page.screenshot({ type: 'png' })).subarray(1, 4).toString(), 'PNG');

  const [popup] = await Promise.all([page.waitForEvent('popup'), page.getByText('Open').click()]);
  await popup.waitForLoadState();
  assert.equal(await popup.title(), 'second');
  await popup.close();
  page.once('dialog', (dialog) => dialog.accept('yes'));
  assert.equal(await page.evaluate(() => prompt('really?')), 'yes');

  // A context of its own, with its own cookies.
  const other = await browser.newContext();
  const fresh = await other.newPage();
  await fresh.goto(`${site}/second`);
  await other.addCookies([{ name: 'a', value: 'b', url: site }]);
  assert.equal(await fresh.evaluate(() => document.cookie), 'a=b');
  assert.equal(await page.evaluate(() => document.cookie), '');
  await other.close();

  const refused = async (what, why) => {
    await assert.rejects(what, (error) => why.test(error.message) || assert.fail(error.message));
  };
  await refused(page.goto('file:///etc/passwd'), /errand refuses|is not opened/);
  await refused(page.goto('chrome://version'), /errand refuses|is not opened/);
  await refused(browser.newContext({ proxy: { server: 'http://127.0.0.1:1' } }), /own proxy/);
  const raw = await browser.newBrowserCDPSession();
  await refused(raw.send('Browser.crash'), /not crashed/);
  await refused(raw.send('SystemInfo.getInfo'), /not described/);
  const { targetInfos } = await raw.send('Target.getTargets', { filter: [{}] });
  assert(targetInfos.every((info) => ['page', 'tab', 'iframe'].includes(info.type)), JSON.stringify(targetInfos));
  assert(targetInfos.every((info) => !/Mapper|Omnibox/.test(info.title)), JSON.stringify(targetInfos));
  // The last tab may be closed; another takes its place, and the browser lives.
  await page.goto(`${site}/second`);
  await browser.close();
})().catch((error) => { console.error(error); process.exit(1); });
