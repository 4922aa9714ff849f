// Where the focus goes, and whether words can be seen.
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
