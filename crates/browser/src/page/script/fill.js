// Text and values. Keys are pressed from outside; here is what comes before and after, and the
// controls whose typing depends on the language of the browser.
const SET_TYPES = new Set(['date', 'time', 'datetime-local', 'month', 'week', 'color', 'range', 'number']);
const setValue = (control, value) => {
  const prototype = tagOf(control) === 'textarea' ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, 'value').set.call(control, value);
};
const announce = (control, names) => {
  for (const name of names) {
    const event = name === 'input' ? new InputEvent('input', { bubbles: true, composed: true }) : new Event(name, { bubbles: true });
    control.dispatchEvent(event);
  }
};
// A colour as its control holds it. The browser knows the names and notations.
const asColour = (text) => {
  const pen = document.createElement('canvas').getContext('2d');
  const wanted = text.trim();
  const forms = [wanted, wanted.replace(/\s+/g, ''), `#${wanted}`];
  for (const form of forms) {
    const drawn = ['#000000', '#ffffff'].map((base) => { pen.fillStyle = base; pen.fillStyle = form; return pen.fillStyle; });
    if (drawn[0] === drawn[1] && /^#[0-9a-f]{6}$/.test(drawn[0])) return drawn[0];
  }
  return null;
};
// What a field says of the format that it takes.
const formatHint = (element) => ['placeholder', 'data-date-format', 'data-format', 'aria-placeholder', 'title']
  .map((name) => attribute(element, name)).filter(Boolean).join(' ');

// Puts the caret into the target. Says how it is to be filled.
commands.focus = ({ element: id, clear }) => {
  let element = elementOf(id);
  const tag = tagOf(element);
  if (!(tag === 'input' || tag === 'textarea') && !editableRoot(element) && !element.isContentEditable) {
    // A label or a wrapper stands for the field in it.
    const inner = tag === 'label' ? element.control : queryAll(element, 'input:not([type=hidden]), textarea, [contenteditable]:not([contenteditable=false])')[0];
    if (!inner) {
      const role = roleOf(element);
      const loose = role === 'textbox' || role === 'searchbox' || role === 'combobox' || role === 'spinbutton' || has(element, 'tabindex');
      if (!loose) throw new Failure('not_editable', { message: `it is a ${role === 'generic' ? tag : role}, not a field` });
      element.focus({ preventScroll: true });
      return { kind: 'keys', id };
    }
    element = inner;
  }
  if (isDisabled(element)) throw new Failure('disabled');
  const type = tagOf(element) === 'input' ? typeOf(element) : '';
  if (has(element, 'readonly') || attribute(element, 'aria-readonly') === 'true') {
    throw new Failure('not_editable', { message: 'it is read-only' });
  }
  if (['checkbox', 'radio', 'button', 'submit', 'reset', 'image', 'file', 'hidden'].includes(type)) {
    throw new Failure('not_editable', { message: `it is a ${type === 'file' ? 'file input; upload to it' : type}` });
  }
  element.focus({ preventScroll: true });
  const target = idOf(element);
  if (SET_TYPES.has(type)) return { kind: 'set', id: target, control: type, hint: clean(formatHint(element), 200) };
  if (type || tagOf(element) === 'textarea') {
    // Moving the caret fails for some types (email, number); those are selected whole.
    if (clear) element.select();
    else try { element.setSelectionRange(valueOf(element).length, valueOf(element).length); } catch { /* Stays where focus put it. */ }
    const limit = Number(attribute(element, 'maxlength'));
    return { kind: 'text', id: target, empty: valueOf(element) === '', limit: limit > 0 ? limit : null };
  }
  const selection = getSelection();
  const range = document.createRange();
  range.selectNodeContents(element);
  if (!clear) range.collapse(false);
  selection.removeAllRanges();
  selection.addRange(range);
  return { kind: 'text', id: target, empty: squeeze(element.innerText ?? '') === '', editable: true };
};

// Sets a value in the control's own format, as the browser's picker would.
commands.set = ({ element: id, text }) => {
  const element = elementOf(id);
  const value = text !== '' && typeOf(element) === 'color' ? asColour(text) : text;
  if (value === null) return { held: false };
  if (value !== '' && typeOf(element) === 'range') {
    // It would take the nearest that it has, which is not what was asked for.
    const probe = element.cloneNode(false);
    setValue(probe, value);
    if (Number(valueOf(probe)) !== Number(value)) {
      const least = attribute(element, 'min') ?? '0';
      const most = attribute(element, 'max') ?? '100';
      const step = attribute(element, 'step') ?? '1';
      const message = `it goes from ${least} to ${most} in steps of ${step}, and has no ${value}`;
      throw new Failure('not_editable', { message: clean(message, 200) });
    }
  }
  setValue(element, value);
  const held = value === '' || valueOf(element) !== '';
  announce(element, ['input', 'change']);
  return { held };
};

// Whether the field holds what was typed. A mask may have put its own marks between, or a list
// may have completed it; letters and digits in the same order are enough.
const bare = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
commands.typed = ({ element: id, text, clear }) => {
  const element = knownBy(id);
  if (!element || !connected(element)) return { holds: true };
  const now = editableRoot(element) || element.isContentEditable ? element.innerText ?? '' : valueOf(element) ?? '';
  const holds = text === '' ? squeeze(now) === '' : squeeze(now).includes(squeeze(text)) || bare(now).includes(bare(text));
  return { holds: holds || !clear && now !== '' && bare(text) === '', now: clean(now, 4000) };
};
// The last resort for a field that swallows keys: its value is set as a whole.
commands.force = ({ element: id, text }) => {
  const element = elementOf(id);
  if (tagOf(element) !== 'input' && tagOf(element) !== 'textarea') return null;
  setValue(element, text);
  announce(element, ['input', 'change']);
  return null;
};

// The file input that a button, label or drop zone stands for.
commands.fileInput = ({ element: id }) => {
  const element = elementOf(id);
  const isFile = (one) => one && tagOf(one) === 'input' && typeOf(one) === 'file';
  if (isFile(element)) return { id: idOf(element), multiple: has(element, 'multiple') };
  let found = tagOf(element) === 'label' ? element.control : closestOf(element, 'label')?.control;
  for (let at = element, hops = 0; !isFile(found) && at && hops < 6; at = parentOf(at), hops += 1) {
    found = queryAll(at, 'input[type=file]')[0] ?? (shadowOf(at) ? allIn(shadowOf(at), 'input[type=file]')[0] : null);
  }
  if (!isFile(found)) {
    const all = allIn(document, 'input[type=file]');
    found = all.length === 1 ? all[0] : null;
  }
  if (!found) throw new Failure('not_editable', { message: 'it takes no files, and no file input belongs to it' });
  if (isDisabled(found)) throw new Failure('disabled');
  return { id: idOf(found), multiple: has(found, 'multiple') };
};

commands.scroll = ({ element: id, to }) => {
  let box = id ? elementOf(id) : null;
  if (to === 'into_view') {
    if (!box) throw new Failure('invalid', { message: 'scrolling into view needs a target' });
    Element.prototype.scrollIntoView.call(box, { block: 'center', inline: 'nearest', behavior: 'instant' });
    return { moved: true };
  }
  const scrolls = (one) => one.scrollHeight > one.clientHeight + 1 && /auto|scroll|overlay/.test(getComputedStyle(one).overflowY);
  const page = document.scrollingElement ?? topElement();
  if (box) {
    while (box && !scrolls(box)) box = parentOf(box);
    box ??= page;
  } else {
    box = page;
    if (page.scrollHeight <= page.clientHeight + 1) {
      // The page itself does not scroll: its largest part that does is meant.
      let best = 0;
      for (const one of allIn(document, '*')) {
        const area = one.clientWidth * one.clientHeight;
        if (area > best && scrolls(one) && isShown(one)) { best = area; box = one; }
      }
    }
  }
  const before = box.scrollTop;
  const height = box === page ? window.innerHeight : box.clientHeight;
  const top = { up: before - height * 0.9, down: before + height * 0.9, top: 0, bottom: box.scrollHeight }[to];
  box.scrollTo({ top, behavior: 'instant' });
  return { moved: box.scrollTop !== before };
};
