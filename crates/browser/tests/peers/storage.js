// What Playwright keeps of the demo site, and what it makes of a state that we wrote.
// Arguments: `write SITE USER PASSWORD`, or `read SITE FILE`. Prints a storage state.
const { chromium } = require('playwright-core');
const assert = require('node:assert');

const WAYS = ['cookie', 'local', 'indexed'];

const write = async (browser, site, user, password) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  for (const way of WAYS) {
    await page.goto(`${site}/members/${way}/login`);
    await page.getByLabel('Email').fill(user);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Welcome back').waitFor();
  }
  await page.evaluate(() => new Promise((resolve, reject) => {
    const request = indexedDB.open('rich', 7);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore('all');
      store.createIndex('both', ['a', 'b']);
      const self = { name: 'self', when: new Date(5) };
      self.self = self;
      store.put(self, 'self');
      store.put({ a: 1, b: 'x', plain: [true, null, { deep: 1.5 }] }, 'plain');
      store.put(new Map([['k', new Set([1n, -0, NaN, undefined])]]), 'map');
      store.put([new Uint8Array([1, 2, 255]), new Float64Array([0.5]), new Uint8Array([9]).buffer], new Date(7));
      store.put(/a+/g, ['list', 1]);
      request.result.createObjectStore('numbered', { autoIncrement: true, keyPath: 'id' }).put({ id: 3 });
    };
    request.onsuccess = () => { request.result.close(); resolve(); };
    request.onerror = () => reject(request.error);
  }));
  await context.addCookies([{
    name: 'part', value: 'chips', domain: 'localhost', path: '/', secure: true, sameSite: 'None',
    expires: Math.round(Date.now() / 1000) + 9000, partitionKey: 'http://127.0.0.1',
  }]);
  return context.storageState({ indexedDB: true });
};

const read = async (browser, site, file) => {
  const context = await browser.newContext({ storageState: file });
  const page = await context.newPage();
  for (const way of WAYS) {
    await page.goto(`${site}/members/${way}`);
    await page.getByText('Welcome back').waitFor();
  }
  const part = (await context.cookies()).find((cookie) => cookie.name === 'part');
  assert.equal(part.partitionKey, 'http://127.0.0.1');
  return context.storageState({ indexedDB: true });
};

(async () => {
  const [task, site, ...rest] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
  const state = await (task === 'write' ? write : read)(browser, site, ...rest);
  await browser.close();
  console.log(JSON.stringify(state));
})().catch((error) => { console.error(error); process.exit(1); });
