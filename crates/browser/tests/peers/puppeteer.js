// Drives a session through the gateway as its users do. Arguments: the gateway, the site.
const puppeteer = require('puppeteer-core');
const assert = require('node:assert');

(async () => {
  const [browserWSEndpoint, site] = process.argv.slice(2);
  const browser = await puppeteer.connect({ browserWSEndpoint, defaultViewport: null });
  const [page] = await browser.pages();
  await page.goto(`${site}/form`);
  await page.type('#name', 'Ann Lee');
  await page.type('#city', 'Rome');
  await page.select('select', 'blue');
  await page.click('button');
  await page.waitForFunction(() => document.body.textContent.includes('Thanks, Ann Lee from Rome, blue'));
  const inner = await (await page.waitForSelector('iframe')).contentFrame();
  await (await inner.waitForSelector('button')).click();
  assert.equal(await inner.$eval('#out', (it) => it.textContent), 'clicked inside');

  const fresh = await browser.newPage();
  await fresh.goto(`${site}/second`);
  assert.equal(await fresh.title(), 'second');
  await assert.rejects(fresh.goto('file:///etc/passwd'), /is not opened/);
  await assert.rejects(fresh.goto('view-source:http://x.test/'), /is not opened/);
  const file = await page.$('input[type=file]');
  await assert.rejects(file.uploadFile('/etc/passwd'), /not given to pages/);
  await assert.rejects(browser.createBrowserContext({ proxyServer: 'http://127.0.0.1:1' }), /own proxy/);
  await fresh.close();
  // The last tab: another one takes its place, and the browser lives.
  await page.close();
  await browser.waitForTarget((it) => it.type() === 'page' && it.url() === 'about:blank', { timeout: 5000 });
  await browser.close();
})().catch((error) => { console.error(error); process.exit(1); });
