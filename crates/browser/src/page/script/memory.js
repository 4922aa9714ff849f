// What the document's origin keeps.
const pairs = (store) => {
  const kept = [];
  for (let index = 0; index < store.length; index += 1) {
    const key = store.key(index);
    kept.push([clean(key, 10000), clean(store.getItem(key) ?? '', 6000000)]);
  }
  return kept;
};
const storeOf = (name) => {
  // A sandboxed or opaque document may not even ask.
  try { return window[name]; } catch { return null; }
};
commands.storage = () => {
  // What has no address of its own keeps what the document around it keeps.
  if (!/^https?:$/.test(location.protocol)) return { origin: '', local: [], session: [] };
  const local = storeOf('localStorage');
  const session = storeOf('sessionStorage');
  return { origin: location.origin, local: local ? pairs(local) : [], session: session ? pairs(session) : [] };
};
commands.restore = ({ local, session }) => {
  for (const [key, value] of local) storeOf('localStorage')?.setItem(key, value);
  for (const [key, value] of session) storeOf('sessionStorage')?.setItem(key, value);
  return null;
};
commands.focusOnly = ({ element: id }) => {
  const element = elementOf(id);
  HTMLElement.prototype.focus.call(element, { preventScroll: true });
  arm();
  motion.structural = 0;
  motion.count = 0;
  return null;
};
// Whether the text can be seen; waits a little for it.
commands.hasText = async ({ text, limit }) => {
  const wanted = squeeze(text).toLowerCase();
  const until = performance.now() + limit;
  const look = () => {
    const parts = [];
    const read = (element) => {
      for (const child of childrenOf(element)) {
        if (nodeTypeOf(child) === 3) parts.push(dataOf(child));
        else if (isElement(child)) {
          if (SKIPPED.has(tagOf(child)) || !checkVisibility.call(child, { opacityProperty: true })) continue;
          const block = !getComputedStyle(child).display.startsWith('inline');
          if (block) parts.push(' ');
          if (tagOf(child) === 'input' && typeOf(child) !== 'password') parts.push(` ${valueOf(child)} `);
          read(child);
          if (block) parts.push(' ');
        }
      }
    };
    const root = topElement();
    // The words are looked for anywhere first; only then is it worth to see what is visible.
    if (!root) return false;
    read(root);
    return squeeze(parts.join('')).toLowerCase().includes(wanted);
  };
  for (;;) {
    if (look()) return true;
    if (performance.now() >= until) return false;
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
};
// A paste as from a clipboard; whether the page leaves the text to the browser.
commands.paste = ({ element: id, text }) => {
  const carried = new DataTransfer();
  carried.setData('text/plain', text);
  const kind = { clipboardData: carried, bubbles: true, cancelable: true, composed: true };
  const at = id ? elementOf(id) : document.body ?? document.documentElement;
  return EventTarget.prototype.dispatchEvent.call(at, new ClipboardEvent('paste', kind));
};
