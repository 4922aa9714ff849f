// The way in: a name, one JSON value, and nodes. What comes back is JSON, but for the few commands
// whose answer is a list of elements.
const RAW = new Set(['frames', 'candidates', 'node', 'roots']);
const answer = (value) => JSON.stringify({ ok: value ?? null, next: nextId });
const failed = (error) => JSON.stringify({
  next: nextId,
  error: error instanceof Failure ? error.detail
    : { kind: 'script', message: clean(String(error?.stack ?? error), 600) },
});
const run = (name, input, ...nodes) => {
  const parsed = JSON.parse(input);
  labelTables = new WeakMap();
  // One sequence of ids for all documents: this one goes on where the last one ended.
  nextId = Math.max(nextId, parsed.nextId ?? 1);
  if (RAW.has(name)) return commands[name](parsed, ...nodes);
  try {
    const value = commands[name](parsed, ...nodes);
    return value instanceof Promise ? value.then(answer, failed) : answer(value);
  } catch (error) {
    return failed(error);
  }
};
Object.defineProperty(globalThis, KEY, { value: run });
