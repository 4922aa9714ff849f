// Text and values. Keys are pressed from outside; here is what comes before and after, and the
// controls whose typing depends on the language of the browser.
const SET_TYPES = new Set(['date', 'time', 'datetime-local', 'month', 'week', 'color', 'range', 'number']);
const FORMATS = {
  date: 'a date as YYYY-MM-DD', time: 'a time as HH:MM', 'datetime-local': 'a date and time as YYYY-MM-DDTHH:MM',
  month: 'a month as YYYY-MM', week: 'a week as YYYY-Www', color: 'a colour as #rrggbb', range: 'a number', number: 'a number',
};
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
const two = (value) => String(value).padStart(2, '0');
const dayOf = (text) => {
  let match = /(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  if (match) return [Number(match[1]), Number(match[2]), Number(match[3])];
  match = /^\s*(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})/.exec(text);
  if (match) return [Number(match[3]), Number(match[2]), Number(match[1])];
  // Words leave no doubt which number is the month; 3/4/2026 does.
  if (/[a-z]{3}/i.test(text)) {
    const date = new Date(text);
    if (!Number.isNaN(date.getTime())) return [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  }
  match = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})/.exec(text);
  if (match && Number(match[1]) > 12) return [Number(match[3]), Number(match[2]), Number(match[1])];
  if (match) return [Number(match[3]), Number(match[1]), Number(match[2])];
  return null;
};
const clockOf = (text) => {
  const match = /(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap])?\.?m?/i.exec(text) ?? /\b(\d{1,2})()()\s*([ap])\.?m/i.exec(text);
  if (!match) return null;
  let hour = Number(match[1]);
  if (match[4] && hour < 13) hour = (hour % 12) + (match[4].toLowerCase() === 'p' ? 12 : 0);
  return `${two(hour)}:${match[2] || '00'}${match[3] ? `:${match[3]}` : ''}`;
};
const weekOf = ([year, month, day]) => {
  const date = new Date(Date.UTC(year, month - 1, day));
  date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const first = Date.UTC(date.getUTCFullYear(), 0, 1);
  return `${date.getUTCFullYear()}-W${two(Math.ceil(((date - first) / 86400000 + 1) / 7))}`;
};
const asControlValue = (type, text) => {
  const day = dayOf(text);
  const date = day && `${String(day[0]).padStart(4, '0')}-${two(day[1])}-${two(day[2])}`;
  switch (type) {
    case 'date': return date;
    case 'time': return clockOf(text);
    case 'datetime-local': return date && `${date}T${clockOf(text.slice(text.search(/[T\s,]/) + 1)) ?? '00:00'}`;
    case 'month': return /^\d{4}-\d{2}$/.test(text.trim()) ? text.trim() : date?.slice(0, 7)
      ?? (/[a-z]{3}/i.test(text) && !Number.isNaN(Date.parse(`1 ${text}`)) ? asControlValue('month', `1 ${text}`) : null);
    case 'week': return /^\d{4}-W\d{2}$/i.test(text.trim()) ? text.trim().toUpperCase() : day && weekOf(day);
    case 'color': return /^#?[0-9a-f]{6}$/i.test(text.trim()) ? `#${text.trim().replace('#', '').toLowerCase()}` : null;
    default: {
      const number = text.trim().replace(/[\s'_]/g, '').replace(/,(?=\d{3}\b)/g, '').replace(',', '.');
      return number !== '' && Number.isFinite(Number(number)) ? number : null;
    }
  }
};

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
  if (SET_TYPES.has(type)) return { kind: 'set', id: target };
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
  const type = typeOf(element);
  const value = text === '' ? '' : asControlValue(type, text);
  if (value === null) throw new Failure('not_editable', { message: `it takes ${FORMATS[type]}, not "${clean(text, 80)}"` });
  setValue(element, value);
  const now = valueOf(element);
  announce(element, ['input', 'change']);
  if (value !== '' && now === '') throw new Failure('not_editable', { message: `it takes ${FORMATS[type]}, not "${clean(text, 80)}"` });
  return null;
};

// Whether the field holds what was typed. A mask may have put its own marks between, or a list
// may have completed it; letters and digits in the same order are enough.
const bare = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
commands.typed = ({ element: id, text, clear }) => {
  const element = elements.get(Number(id.slice(1)));
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
