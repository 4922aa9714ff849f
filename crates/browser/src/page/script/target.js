// What an action is aimed at: is it there, in view, free; and how to find it again.
const wordsFor = (element) => {
  const role = roleOf(element);
  const name = nameOf(element, role) || squeeze(textContentOf(element)).slice(0, 60) || attribute(element, 'id')
    || (attribute(element, 'class') ?? '').slice(0, 60);
  return clean(`${role === 'generic' ? tagOf(element) : role}${name ? ` "${name}"` : ''}`, 120);
};
const visibleBox = (element) => {
  const aim = proxyOf(element) ?? element;
  const rects = Array.from(Element.prototype.getClientRects.call(aim)).filter((rect) => rect.width > 0 && rect.height > 0);
  // A link that runs over two lines has a middle that is not its own.
  return rects.length > 1 && getComputedStyle(aim).display === 'inline' ? rects[0] : rectOf(aim);
};
const clipped = (rect) => ({
  left: Math.max(rect.left, 0), top: Math.max(rect.top, 0),
  right: Math.min(rect.right, window.innerWidth), bottom: Math.min(rect.bottom, window.innerHeight),
});
const shown = (element) => {
  const aim = proxyOf(element) ?? element;
  const rect = rectOf(aim);
  if (tagOf(element) === 'input' && HIDDEN_CONTROL.has(typeOf(element)) && checkVisibility.call(aim, { visibilityProperty: true })) {
    return rect.width > 0 && rect.height > 0;
  }
  const visible = isShown(aim) || (getComputedStyle(element).visibility === 'visible' && isVeil(element, tagOf(element), rect));
  return visible && rect.width > 0 && rect.height > 0;
};
const pointsIn = (box) => {
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const at = (x, y) => [box.left + width * x, box.top + height * y];
  return [at(0.5, 0.5), at(0.25, 0.5), at(0.75, 0.5), at(0.5, 0.25), at(0.5, 0.75), at(0.1, 0.1), at(0.9, 0.9)];
};

// Brings the element into view, waits until it is still, and names a point of it that is free.
commands.prepare = async ({ element: id, disabled = false, hit = true }) => {
  const element = elementOf(id);
  if (!shown(element)) {
    // It may be on its way: a menu that opens, a dialog that fades in.
    const until = performance.now() + 700;
    while (!shown(element) && performance.now() < until) await frame();
    if (!connected(element)) throw new Failure('stale');
    if (!shown(element)) throw new Failure('hidden', { message: 'it has no box, or its style hides it' });
  }
  if (!disabled && isDisabled(element)) throw new Failure('disabled');
  const aim = proxyOf(element) ?? element;
  const inside = (rect) => {
    const x = (rect.left + rect.right) / 2;
    const y = (rect.top + rect.bottom) / 2;
    return x >= 0 && y >= 0 && x < window.innerWidth && y < window.innerHeight;
  };
  const bring = (block) => Element.prototype.scrollIntoView.call(aim, { block, inline: 'nearest', behavior: 'instant' });
  if (!inside(visibleBox(element))) bring('center');
  let last = null;
  for (let turn = 0; turn < 60; turn += 1) {
    const rect = visibleBox(element);
    const now = `${rect.left},${rect.top},${rect.width},${rect.height}`;
    if (now === last) break;
    last = now;
    await frame();
    if (!connected(element)) throw new Failure('stale');
  }
  const free = () => {
    const box = clipped(visibleBox(element));
    if (box.right <= box.left || box.bottom <= box.top) return null;
    if (!hit) return pointsIn(box)[0];
    const on = [...pointsIn(box), ...pointsOn(element)].find(([x, y]) => element instanceof SVGElement && insideOf(element, hitAt(x, y) ?? topElement()));
    if (on) return on;
    return pointsIn(box).find(([x, y]) => !covers(element, hitAt(x, y))) ?? null;
  };
  let point = free();
  // A sticky header may lie over it; another resting place is worth a try before giving up.
  for (const block of ['center', 'end', 'start']) {
    if (point) break;
    bring(block);
    await frame();
    point = free();
  }
  // What lies over it may be on its way out: a menu that closes, a layer that fades.
  const patience = performance.now() + 600;
  while (!point && performance.now() < patience) {
    await frame();
    if (!connected(element)) throw new Failure('stale');
    point = free();
  }
  if (!point) {
    const box = clipped(visibleBox(element));
    if (box.right <= box.left || box.bottom <= box.top) throw new Failure('hidden', { message: 'it can\'t be scrolled into view' });
    const over = hitAt(...pointsIn(box)[0]);
    throw new Failure('covered', { by: over ? wordsFor(over) : 'something outside the page' });
  }
  arm();
  motion.structural = 0;
  motion.count = 0;
  motion.animated = new WeakMap();
  return { x: point[0], y: point[1], ...stateOf(element) };
};

const stateOf = (element) => {
  const tag = tagOf(element);
  const role = roleOf(element);
  const type = tag === 'input' ? typeOf(element) : '';
  let value = null;
  if (type === 'file') value = Array.from(element.files ?? []).map((file) => file.name).join(', ');
  else if (tag === 'select') value = chosenLabels(element).join(', ');
  else if (tag === 'input' || tag === 'textarea') value = valueOf(element);
  else if (editableRoot(element)) value = squeeze(element.innerText ?? '');
  else if (role === 'combobox' || role === 'listbox' || role === 'slider' || role === 'spinbutton') {
    const inner = queryAll(element, 'input')[0];
    const chosen = Array.from(queryAll(element, '[role=option][aria-selected=true]')).map((one) => squeeze(textContentOf(one)));
    value = attribute(element, 'aria-valuetext') ?? attribute(element, 'aria-valuenow')
      ?? (chosen.length > 0 ? chosen.join(', ') : inner && valueOf(inner) ? valueOf(inner) : squeeze(textContentOf(element)));
  }
  let checked = boolean(element, 'aria-checked') ?? boolean(element, 'aria-pressed') ?? null;
  if (type === 'checkbox' || type === 'radio') {
    checked = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'checked').get.call(element);
  }
  return {
    tag, role, type, checked, value: value === null ? null : clean(value, 4000),
    editable: editableRoot(element), disabled: isDisabled(element), readonly: has(element, 'readonly'),
    multiline: tag === 'textarea' || editableRoot(element), secret: type === 'password',
    scrolls: false,
  };
};
commands.state = ({ element: id }) => {
  const element = knownBy(id);
  return element && connected(element) ? stateOf(element) : null;
};

// The inner edge of a frame's box, and how much the frame is scaled.
commands.frameBox = ({ element: id, reveal }) => {
  const element = elementOf(id);
  const rect = rectOf(element);
  if (reveal && (rect.bottom <= 0 || rect.top >= window.innerHeight || rect.right <= 0 || rect.left >= window.innerWidth)) {
    Element.prototype.scrollIntoView.call(element, { block: 'center', inline: 'nearest', behavior: 'instant' });
  }
  return frameBoxOf(element);
};
const frameBoxOf = (element) => {
  const rect = rectOf(element);
  const style = getComputedStyle(element);
  const scaleX = element.offsetWidth > 0 ? rect.width / element.offsetWidth : 1;
  const scaleY = element.offsetHeight > 0 ? rect.height / element.offsetHeight : 1;
  const edge = (name) => Number.parseFloat(style[name]) || 0;
  return {
    x: rect.left + (element.clientLeft + edge('paddingLeft')) * scaleX,
    y: rect.top + (element.clientTop + edge('paddingTop')) * scaleY,
    scaleX, scaleY,
    width: rect.width, height: rect.height, viewWidth: window.innerWidth, viewHeight: window.innerHeight,
  };
};
commands.free = ({ element: id, x, y }) => {
  const element = elementOf(id);
  const hit = hitAt(x, y);
  if (hit && covers(element, hit)) throw new Failure('covered', { by: wordsFor(hit) });
  return null;
};
commands.view = () => ({ width: window.innerWidth, height: window.innerHeight });
commands.nudge = ({ x, y }) => { window.scrollBy({ left: x, top: y, behavior: 'instant' }); return null; };
commands.node = ({ element: id }) => [elementOf(id)];

const cssPath = (element) => {
  const parts = [];
  for (let at = element, hops = 0; at && hops < 40; hops += 1) {
    const parent = parentNodeOf(at);
    const tag = CSS.escape(tagOf(at));
    const id = attribute(at, 'id');
    if (id && id.length < 60 && !/\d{3,}/.test(id)) parts.unshift(`#${CSS.escape(id)}`);
    else if (parent && isElement(parent)) {
      let nth = 1;
      for (let before = previousElementOf(at); before; before = previousElementOf(before)) if (tagOf(before) === tagOf(at)) nth += 1;
      parts.unshift(`${tag}:nth-of-type(${nth})`);
    } else {
      let nth = 1;
      for (let before = previousElementOf(at); before; before = previousElementOf(before)) if (tagOf(before) === tagOf(at)) nth += 1;
      parts.unshift(tag === 'html' ? 'html' : `${tag}:nth-of-type(${nth})`);
    }
    if (parts[0].startsWith('#') || !parent || !isElement(parent)) {
      const host = parent && nodeTypeOf(parent) === 11 ? parent.host : null;
      const root = rootOf(at);
      const outer = host ?? (nodeTypeOf(root) === 11 ? root.host : null);
      if (!outer) break;
      parts.unshift('>>>');
      at = outer;
    } else at = parent;
  }
  return parts.join(' > ').replace(/ > >>> > /g, ' >>> ');
};
commands.locator = ({ element: id }) => {
  const element = elementOf(id);
  const role = roleOf(element);
  const label = labelText(element);
  const text = squeeze(textContentOf(element)).slice(0, 200);
  const testId = attribute(element, 'data-testid') ?? attribute(element, 'data-test') ?? attribute(element, 'data-qa');
  const rect = visibleBox(element);
  return {
    role, name: clean(nameOf(element, role), 300), label: label ? clean(label, 200) : null,
    text: text ? clean(text, 200) : null, test_id: testId ? clean(testId, 200) : null, css: clean(cssPath(element), 1000),
    position: [rect.left, rect.top, rect.width, rect.height].map((value) => Math.round(value * 10) / 10),
  };
};

const everywhere = function* (root) {
  for (const element of allIn(root, '*')) {
    yield element;
    const inner = shadowOf(element);
    if (inner) yield* everywhere(inner);
  }
};
const byPath = (path) => {
  let root = document;
  let found = null;
  for (const part of path.split(' >>> ')) {
    try { found = allIn(root, part)[0] ?? null; } catch { return null; }
    if (!found) return null;
    root = shadowOf(found) ?? root;
  }
  return found;
};
// Finds an element again by everything known of it: what only one element fits decides.
commands.find = ({ locator }) => {
  const able = (element) => shown(element) || (tagOf(element) === 'input' && typeOf(element) === 'file');
  const all = [];
  let looked = 0;
  for (const element of everywhere(document)) {
    looked += 1;
    if (looked > 50000) break;
    if (locator.test_id && [attribute(element, 'data-testid'), attribute(element, 'data-test'), attribute(element, 'data-qa')].includes(locator.test_id)) {
      all.push({ element, score: 8 });
    } else if (roleOf(element) === locator.role) all.push({ element, score: 0 });
  }
  const path = locator.css ? byPath(locator.css) : null;
  let best = null;
  let second = -1;
  for (const one of all) {
    if (!able(one.element)) continue;
    const name = nameOf(one.element, locator.role);
    const sameName = locator.name && name === locator.name;
    let score = one.score + (sameName ? 6 : 0);
    if (locator.label && labelText(one.element) === locator.label) score += 3;
    if (locator.text && squeeze(textContentOf(one.element)).slice(0, 200) === locator.text) score += 2;
    if (path === one.element) score += sameName || !locator.name ? 4 : 1;
    if (best === null || score > best.score) { second = best?.score ?? -1; best = { element: one.element, score }; }
    else if (score > second) second = score;
  }
  if (!best || best.score < 4 || best.score === second) return null;
  return idOf(best.element);
};
