// What the document's origin keeps, and putting it back.
const storeOf = (name) => {
  // A sandboxed or opaque document may not even ask.
  try { return window[name]; } catch { return null; }
};
const pairs = (store, notes) => {
  const kept = [];
  for (let index = 0; index < store.length; index += 1) {
    const key = store.key(index);
    const value = store.getItem(key) ?? '';
    if (key.isWellFormed() && value.isWellFormed()) kept.push([key, value]);
    else notes.push(`${brief(key, 60)} was left out: it is no valid Unicode`);
  }
  return kept;
};
const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = (event) => { event.preventDefault(); event.stopPropagation(); reject(request.error); };
});
// Ends in time, whatever the page's own connections are at.
const within = (until, promise, what) => Promise.race([
  promise,
  new Promise((_, reject) => { setTimeout(() => reject(new Unkept(what)), Math.max(0, until - performance.now())); }),
]);
const whyNot = (error) => (error instanceof Unkept ? error.message : brief(String(error?.message || error?.name || error), 200));

const openThere = (name) => {
  const request = indexedDB.open(name);
  // It was deleted meanwhile, and must not be made by looking.
  request.onupgradeneeded = () => request.transaction.abort();
  const opened = settled(request);
  opened.then((database) => { database.onversionchange = () => database.close(); }, () => {});
  return opened;
};
const readStore = async (store, budget, until, later, unkept) => {
  const beside = store.keyPath === null;
  const records = [];
  let range = null;
  // A batch is as large as what came of the last one allows.
  for (let count = 16; ;) {
    const [keys, values] = await Promise.all([settled(store.getAllKeys(range, count)), settled(store.getAll(range, count))]);
    let size = 0;
    for (let at = 0; at < keys.length; at += 1) {
      try {
        const waits = [];
        const record = { value: encodeValue(values[at], waits) };
        if (beside) record.key = encodeValue(keys[at], waits);
        size += JSON.stringify(record).length + waits.reduce((sum, { bytes }) => sum + bytes, 0);
        later.push(...waits);
        records.push(record);
      } catch (error) {
        if (!(error instanceof Unkept)) throw error;
        unkept.set(error.message, (unkept.get(error.message) ?? 0) + 1);
      }
    }
    budget.left -= size;
    if (budget.left < 0) throw new Unkept('its origin keeps too much');
    if (keys.length < count) return records;
    if (performance.now() > until) throw new Unkept('it takes too long to read');
    range = IDBKeyRange.lowerBound(keys[keys.length - 1], true);
    count = size < 500000 ? Math.min(512, count * 2) : Math.max(1, count >> 1);
  }
};
const readDatabase = async (name, budget, until, notes) => {
  const opening = openThere(name);
  let database;
  try {
    database = await within(until, opening, 'it did not open in time');
  } catch (error) {
    opening.then((late) => late.close(), () => {});
    throw error;
  }
  try {
    const kept = { name: brief(name, 2000), version: database.version, stores: [] };
    const names = Array.from(database.objectStoreNames);
    if (names.length === 0) return kept;
    const transaction = database.transaction(names, 'readonly');
    const later = [];
    for (const storeName of names) {
      const store = transaction.objectStore(storeName);
      const unkept = new Map();
      kept.stores.push({
        name: storeName,
        keyPath: store.keyPath,
        autoIncrement: store.autoIncrement,
        indexes: Array.from(store.indexNames, (indexName) => {
          const { keyPath, unique, multiEntry } = store.index(indexName);
          return { name: indexName, keyPath, unique, multiEntry };
        }),
        records: await within(until, readStore(store, budget, until, later, unkept), 'it takes too long to read'),
      });
      for (const [what, count] of unkept) {
        notes.push(`${count} of the records in ${brief(name, 60)}, ${brief(storeName, 60)} were left out: ${what} can't be kept`);
      }
    }
    for (const { fill } of later) await within(until, fill(), 'it takes too long to read');
    return kept;
  } finally {
    database.close();
  }
};
// What is kept here, without changing any of it.
commands.keep = async ({ limit, bytes }) => {
  const until = performance.now() + limit;
  const local = storeOf('localStorage');
  // What has no address of its own keeps what the document around it keeps.
  if (!/^https?:$/.test(location.protocol) || !local) return { origin: '', local: [], session: [], databases: [], notes: [] };
  const notes = [];
  const session = storeOf('sessionStorage');
  const kept = { origin: location.origin, local: pairs(local, notes), session: session ? pairs(session, notes) : [], databases: [], notes };
  const budget = { left: bytes - JSON.stringify(kept).length };
  const factory = storeOf('indexedDB');
  if (!factory) return kept;
  let listed = [];
  try {
    listed = await within(until, factory.databases(), 'they were not listed in time');
  } catch (error) {
    notes.push(`databases were left out: ${whyNot(error)}`);
  }
  for (const { name } of listed) {
    const left = budget.left;
    try {
      kept.databases.push(await readDatabase(name, budget, until, notes));
    } catch (error) {
      budget.left = left;
      notes.push(`the database ${brief(name, 60)} was left out: ${whyNot(error)}`);
    }
  }
  return kept;
};

const writeDatabase = async ({ name, version, stores }, until, notes) => {
  await within(until, settled(indexedDB.deleteDatabase(name)), 'what was there did not go in time');
  const request = indexedDB.open(name, version);
  let lost = 0;
  // Within the change that makes it, so that it is there whole or not at all.
  request.onupgradeneeded = () => {
    for (const { name: storeName, keyPath = null, autoIncrement, indexes = [], records } of stores) {
      const store = request.result.createObjectStore(storeName, { keyPath, autoIncrement });
      for (const index of indexes) store.createIndex(index.name, index.keyPath, { unique: index.unique, multiEntry: index.multiEntry });
      for (const { key, value } of records) {
        try {
          if (key === undefined) store.put(decodeValue(value));
          else store.put(decodeValue(value), decodeValue(key));
        } catch {
          lost += 1;
        }
      }
    }
  };
  const opened = settled(request);
  opened.then((database) => database.close(), () => {});
  await within(until, opened, 'it took too long to write');
  if (lost > 0) notes.push(`${lost} of the records in ${brief(name, 60)} were refused`);
};
commands.putBack = async ({ origin, local, session, databases, limit }) => {
  const until = performance.now() + limit;
  const notes = [];
  const here = storeOf('localStorage');
  if (location.origin !== origin || !here) throw new Unkept('its storage could not be opened');
  const fill = (store, kept) => {
    for (const [key, value] of kept) {
      try { store.setItem(key, value); } catch (error) { notes.push(`${brief(key, 60)} was left out: ${whyNot(error)}`); }
    }
  };
  if (local) { here.clear(); fill(here, local); }
  if (session) { sessionStorage.clear(); fill(sessionStorage, session); }
  for (const database of databases ?? []) {
    try {
      await writeDatabase(database, until, notes);
    } catch (error) {
      notes.push(`the database ${brief(database.name, 60)} was left out: ${whyNot(error)}`);
    }
  }
  return notes;
};
// Documents of other sites in this one, to reach what they keep here.
commands.embed = ({ urls }) => {
  for (const url of urls) {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.documentElement.append(frame);
  }
  return true;
};
commands.place = () => (/^https?:$/.test(location.protocol) ? location.origin : '');

try {
  return JSON.stringify({ ok: await commands[name](JSON.parse(input)) });
} catch (error) {
  return JSON.stringify({ error: { kind: error instanceof Unkept ? 'invalid' : 'script', message: error instanceof Unkept ? error.message : brief(String(error?.stack ?? error), 600) } });
}
