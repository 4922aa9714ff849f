// Sliders and spinners that pages make up: what they show, and what moves them.
const numberIn = (text) => {
  const found = squeeze(text).match(/-?\d[\d,.\u00a0]*/g);
  if (!found || found.length !== 1 || squeeze(text).length > 40) return null;
  const plain = found[0].replace(/[.,]+$/, '').replace(/[,\u00a0](?=\d{3}\b)/g, '').replace(',', '.');
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
};
const ownText = (element) => {
  let text = '';
  for (let child = firstChildOf(element); child; child = nextSiblingOf(child)) if (nodeTypeOf(child) === 3) text += dataOf(child);
  return text;
};
const statedNumber = (element) => {
  // The knob moves, and what it lies in says the value.
  if (!has(element, 'aria-valuenow') && !has(element, 'aria-valuetext') && tagOf(element) !== 'input') {
    for (let at = parentOf(element), hops = 0; at && hops < 3; at = parentOf(at), hops += 1) {
      if (givenRole(at) === 'slider' && (has(at, 'aria-valuenow') || has(at, 'aria-valuetext'))) return statedNumber(at);
    }
  }
  const spoken = numberIn(attribute(element, 'aria-valuetext') ?? '');
  const stated = attribute(element, 'aria-valuenow');
  if (spoken !== null) return spoken;
  if (stated !== null && stated !== '' && Number.isFinite(Number(stated))) return Number(stated);
  return tagOf(element) === 'input' ? numberIn(valueOf(element) ?? '') : null;
};
// Everything on the page that shows a number, before anything is moved.
let gauges = new Map();
let gauge = null;
const shownNumber = (element) => tagOf(element) === 'input' ? numberIn(valueOf(element) ?? '') : numberIn(ownText(element));
const distance = (one, other) => {
  const a = rectOf(one);
  const b = rectOf(other);
  if (b.width === 0 && b.height === 0) return 1e6;
  return Math.hypot((a.left + a.right - b.left - b.right) / 2, (a.top + a.bottom - b.top - b.bottom) / 2);
};
const vertical = (element) => {
  const track = trackOf(element);
  const rect = rectOf(track ?? element);
  return attribute(element, 'aria-orientation') === 'vertical' || rect.height > rect.width * 2;
};
const limits = (element) => {
  const bound = (name) => { const value = attribute(element, name); return value === null || value === '' || !Number.isFinite(Number(value)) ? null : Number(value); };
  return { min: bound('aria-valuemin'), max: bound('aria-valuemax') };
};
commands.gaugeBegin = ({ element: id }) => {
  const element = elementOf(id);
  gauges = new Map();
  gauge = null;
  let looked = 0;
  for (const one of everywhere(document)) {
    looked += 1;
    if (looked > 20000 || gauges.size > 2000) break;
    if (SKIPPED.has(tagOf(one)) || one === element) continue;
    const shown = shownNumber(one);
    if (shown !== null) gauges.set(one, shown);
  }
  const track = trackOf(element);
  return { track: track ? idOf(track) : null, vertical: vertical(element), ...limits(element), now: statedNumber(element), was: null };
};
// What it shows now. What moved with it is what shows its value, the nearest of several.
commands.gaugeRead = async ({ element: id, was }) => {
  await frame();
  const element = elementOf(id);
  const stated = statedNumber(element);
  if (!gauge && (stated === null || stated === was)) {
    const moved = Array.from(gauges).filter(([one, number]) => {
      const now = connected(one) ? shownNumber(one) : null;
      return now !== null && now !== number;
    });
    moved.sort(([one], [other]) => distance(element, one) - distance(element, other));
    if (moved.length > 0) [[gauge]] = moved;
  }
  const now = gauge && connected(gauge) ? shownNumber(gauge) : stated;
  return { vertical: vertical(element), ...limits(element), now, was: gauge ? gauges.get(gauge) : was };
};

const LESS = /^(down|decrease|decrement|minus|less|lower|fewer|remove one|[-−–▼▾⌄↓◀‹<])|\b(down|decrease|decrement|minus|less)\b/i;
const MORE = /^(up|increase|increment|plus|more|higher|add one|[+▲▴⌃↑▶›>])|\b(up|increase|increment|plus)\b/i;
const pressable = (one) => {
  const tag = tagOf(one);
  return (tag === 'button' || tag === 'a' || roleOf(one) === 'button' || has(one, 'onclick') || listening.has(one)
    || getComputedStyle(one).cursor === 'pointer') && shown(one);
};
// The two buttons beside a number.
const stepperOf = (element) => {
  for (let at = parentOf(element), hops = 0; at && hops < 3; at = parentOf(at), hops += 1) {
    const around = Array.from(queryAll(at, '*')).filter((one) => {
      const rect = rectOf(one);
      return one !== element && rect.width > 3 && rect.height > 3 && rect.width <= 90 && rect.height <= 64 && pressable(one);
    });
    const buttons = around.filter((one) => !around.some((other) => other !== one && containsNode(other, one)));
    if (buttons.length < 2) continue;
    if (buttons.length > 4) return null;
    const called = (one) => `${nameOf(one, 'button')} ${squeeze(textContentOf(one))} ${attribute(one, 'class') ?? ''}`.trim();
    const up = buttons.find((one) => MORE.test(called(one)) && !LESS.test(called(one)));
    const down = buttons.find((one) => LESS.test(called(one)) && !MORE.test(called(one)));
    if (up && down) return { up, down };
    if (buttons.length !== 2) return null;
    // Nothing is written on them: the upper one, or the right one, counts up.
    const [one, two] = buttons.map((button) => rectOf(button));
    const first = Math.abs(one.top - two.top) > 4 ? one.top < two.top : one.left > two.left;
    return first ? { up: buttons[0], down: buttons[1] } : { up: buttons[1], down: buttons[0] };
  }
  return null;
};
// What is moved of a slider that is the whole track.
const knobOf = (slider) => {
  if (attribute(slider, 'tabindex') !== null) return null;
  const small = (one) => { const rect = rectOf(one); return rect.width > 3 && rect.height > 3 && rect.width <= 64 && rect.height <= 64; };
  const inner = Array.from(queryAll(slider, '[tabindex], [class]')).filter(small);
  return inner.find((one) => has(one, 'tabindex')) ?? inner.find((one) => KNOB.test(attribute(one, 'class') ?? '')) ?? null;
};
// The button that takes over what was put into a field that has a layer of its own.
commands.confirmNear = ({ element: id }) => {
  const element = elementOf(id);
  const layered = (one) => {
    for (let at = one; at; at = parentOf(at)) if (/absolute|fixed/.test(getComputedStyle(at).position)) return true;
    return false;
  };
  const found = Array.from(allIn(document, 'button, [role=button], input[type=button]')).find((one) => shown(one)
    && /^(ok|okay|apply|done|set|confirm)$/i.test(nameOf(one, 'button') || squeeze(textContentOf(one)))
    && layered(one) && !isDisabled(one) && distance(element, one) < 600);
  // A layer right under or over the field, which goes when the field is left.
  const own = rectOf(element);
  const layer = Array.from(allIn(document, 'body *')).slice(-4000).some((one) => {
    if (insideOf(one, element) || insideOf(element, one) || !/absolute|fixed/.test(getComputedStyle(one).position)) return false;
    const rect = rectOf(one);
    const across = rect.left < own.right && rect.right > own.left && rect.width > 40 && rect.height > 24;
    return across && (Math.abs(rect.top - own.bottom) < 24 || Math.abs(rect.bottom - own.top) < 24) && shown(one);
  });
  return { id: found ? idOf(found) : null, layer };
};
// What the target is, where text can't simply be typed into it.
commands.widget = ({ element: id }) => {
  const element = elementOf(id);
  const tag = tagOf(element);
  const role = roleOf(element);
  const control = tag === 'input' || tag === 'textarea' || tag === 'select';
  if (!control) {
    const knob = role === 'slider' ? knobOf(element) : null;
    const sliders = role === 'slider' ? [knob ?? element]
      : Array.from(queryAll(element, '[role=slider], span, div, a, button')).slice(0, 200).filter((one) => roleOf(one) === 'slider');
    if (sliders.length === 1) return { kind: 'gauge', id: idOf(sliders[0]) };
  }
  const typed = tag === 'textarea' || (tag === 'input' && ['text', 'search', 'tel', 'url', 'email'].includes(typeOf(element)));
  const fixed = has(element, 'readonly') || attribute(element, 'aria-readonly') === 'true';
  const editable = editableRoot(element) || element.isContentEditable;
  if ((role === 'spinbutton' && !control && !editable) || (tag === 'input' && fixed && numberIn(valueOf(element) ?? '') !== null)) {
    const stepper = stepperOf(element);
    const keys = role === 'spinbutton' && !control;
    if (stepper || keys) {
      return { kind: 'gauge', id: idOf(element), up: stepper ? idOf(stepper.up) : null, down: stepper ? idOf(stepper.down) : null };
    }
  }
  const opens = ['dialog', 'grid', 'true'].includes(attribute(element, 'aria-haspopup') ?? '');
  if (tag === 'input' && typed) return { kind: fixed ? 'picker' : 'field', id, hint: clean(formatHint(element), 200) };
  if (!control && !editable && role !== 'combobox' && (role === 'button' || role === 'textbox' || opens)
    && !queryAll(element, 'input:not([type=hidden]), textarea')[0]) return { kind: 'picker', id, hint: '' };
  return { kind: 'other', id };
};
