// Options: native selects, ARIA listboxes, comboboxes, menus, and lists that say nothing of
// what they are.
const OPTION_ROLES = '[role=option], [role=menuitem], [role=menuitemradio], [role=menuitemcheckbox], [role=treeitem], [role=radio]';
const labelFor = (option) => squeeze(attribute(option, 'aria-label') || nameOf(option, 'option') || textContentOf(option));

// The one that is meant: exactly, in any case, by value, by its beginning, by a part of it.
const pick = (list, wanted, labelOf, valueFor) => {
  const text = squeeze(wanted);
  const lower = text.toLowerCase();
  const labels = list.map((one) => labelOf(one));
  const by = (test) => list.filter((one, index) => test(labels[index], one));
  for (const test of [
    (label) => label === text,
    (label) => label.toLowerCase() === lower,
    (_, one) => { const value = valueFor(one); return value !== null && value.toLowerCase() === lower; },
  ]) {
    const found = by(test);
    if (found.length > 0) return found[0];
  }
  for (const test of [
    (label) => lower !== '' && label.toLowerCase().startsWith(lower),
    (label) => lower !== '' && label.toLowerCase().includes(lower),
  ]) {
    const found = by(test);
    if (found.length === 1) return found[0];
  }
  return null;
};
const offer = (list, labelOf) => list.slice(0, 50).map((one) => clean(labelOf(one), 100));

commands.kind = ({ element: id }) => {
  const element = elementOf(id);
  const tag = tagOf(element);
  const role = roleOf(element);
  if (tag === 'select') return { kind: 'native' };
  if (role === 'radiogroup' || (role === 'group' && queryAll(element, 'input[type=radio], [role=radio]').length > 0)) return { kind: 'radios' };
  if (role === 'listbox' || role === 'menu' || role === 'tree' || role === 'tablist') return { kind: 'open' };
  if (tag === 'label' && element.control && tagOf(element.control) === 'select') return { kind: 'native', id: idOf(element.control) };
  const inner = queryAll(element, 'select')[0];
  if (inner && shown(inner) && role === 'generic') return { kind: 'native', id: idOf(inner) };
  const text = tag === 'input' || tag === 'textarea' ? element : queryAll(element, 'input:not([type=hidden])')[0];
  const types = text && !has(text, 'readonly') && tagOf(text) === 'input' && !['checkbox', 'radio', 'button', 'submit'].includes(typeOf(text));
  return {
    kind: 'closed', expanded: attribute(element, 'aria-expanded') === 'true', field: types ? idOf(text) : null,
    list: tag === 'input' && has(element, 'list'),
  };
};

commands.selectNative = ({ element: id, options }) => {
  const element = elementOf(id);
  if (isDisabled(element)) throw new Failure('disabled');
  const all = optionsIn(element);
  const value = getter(HTMLOptionElement.prototype, 'value');
  const multiple = has(element, 'multiple');
  if (!multiple && options.length > 1) throw new Failure('invalid', { message: 'only one option can be chosen there' });
  const chosen = options.map((wanted) => {
    const option = pick(all, wanted, optionLabel, value);
    if (!option) throw new Failure('no_option', { option: clean(wanted, 200), have: offer(all, optionLabel) });
    if (matchesOf(option, ':disabled')) throw new Failure('no_effect', { message: `the option "${clean(optionLabel(option), 100)}" is disabled` });
    return option;
  });
  element.focus({ preventScroll: true });
  const select = Object.getOwnPropertyDescriptor(HTMLOptionElement.prototype, 'selected').set;
  if (multiple) for (const option of all) select.call(option, chosen.includes(option));
  else for (const option of chosen) select.call(option, true);
  announce(element, ['input', 'change']);
  return null;
};

// Lists of options that can be seen now and may belong to the target.
const listsFor = (element) => {
  const own = [];
  const inner = queryAll(element, '[aria-controls], [aria-owns]');
  for (const one of [element, ...inner]) own.push(...referenced(one, 'aria-controls'), ...referenced(one, 'aria-owns'));
  const root = rootOf(element);
  const open = [];
  for (const place of new Set([document, root, ...knownRoots])) {
    if (place !== document && !connected(place)) continue;
    open.push(...allIn(place, '[role=listbox], [role=menu], [role=tree], [role=grid][aria-label]'));
  }
  const near = own.filter((list) => list !== element && isShown(list));
  return [element, ...near, ...open.filter((list) => isShown(list) && !near.includes(list))];
};
const boxed = (option) => {
  const rect = rectOf(option);
  return isShown(option) && rect.width > 0 && rect.height > 0;
};
let before = new Set();
const textMatches = (element, wanted) => {
  const lower = squeeze(wanted).toLowerCase();
  const found = [];
  for (const one of everywhere(document)) {
    if (firstElementOf(one) && one.childElementCount > 3) continue;
    if (SKIPPED.has(tagOf(one)) || tagOf(one) === 'option' || insideOf(element, one)) continue;
    const text = textContentOf(one);
    if (text.length > lower.length + 80 || squeeze(text).toLowerCase() !== lower || !boxed(one)) continue;
    found.push(one);
  }
  // The innermost of a nest of boxes with the same words.
  return found.filter((one) => !found.some((other) => other !== one && containsNode(one, other)));
};
commands.beforeOpening = ({ element: id, options }) => {
  const element = elementOf(id);
  before = new Set(options.flatMap((wanted) => textMatches(element, wanted)));
  for (const list of allIn(document, '[role=listbox], [role=menu]')) if (isShown(list) && boxed(list)) before.add(list);
  return null;
};

// Looks for the option among those that can be seen.
commands.offered = ({ element: id, option: wanted, open }) => {
  const element = elementOf(id);
  let have = [];
  for (const list of listsFor(element)) {
    // A list that was open before belongs to something else, unless the target says it is its own.
    if (list !== element && before.has(list) && !referenced(element, 'aria-controls').includes(list)) continue;
    let options = Array.from(queryAll(list, OPTION_ROLES)).filter(boxed);
    if (options.length === 0 && list !== element && roleOf(list) === 'listbox') options = Array.from(list.children).filter(boxed);
    if (list === element && open) options = options.length > 0 ? options : Array.from(queryAll(list, '[role=tab], li')).filter(boxed);
    if (options.length === 0) continue;
    const found = pick(options, wanted, labelFor, (one) => attribute(one, 'data-value') ?? attribute(one, 'value'));
    if (found) {
      if (isDisabled(found)) throw new Failure('no_effect', { message: `the option "${clean(labelFor(found), 100)}" is disabled` });
      return { id: idOf(found), selected: boolean(found, 'aria-selected') ?? boolean(found, 'aria-checked') ?? null, have: [], list: idOf(list) };
    }
    if (have.length < options.length) have = offer(options, labelFor);
  }
  const plain = textMatches(element, wanted).filter((one) => !before.has(one));
  if (plain.length > 0) return { id: idOf(plain[0]), selected: null, have: [], list: null };
  return { id: null, have };
};

// The field that opening the list put the caret into: it is searched by typing there.
commands.searchField = ({ element: id }) => {
  const element = elementOf(id);
  const field = knownBy(focused() ?? 'e0');
  const types = field && field !== element && tagOf(field) === 'input' && !has(field, 'readonly')
    && (INPUT_ROLES[typeOf(field)] ?? 'searchbox') === 'searchbox' && shown(field);
  return { id: types ? idOf(field) : null, have: [] };
};

// Scrolls the open list on, for lists that make their options only when they come into view.
commands.further = ({ element: id }) => {
  const element = elementOf(id);
  for (const list of listsFor(element)) {
    for (const box of [list, ...queryAll(list, '*')]) {
      if (box.scrollHeight > box.clientHeight + 4 && /auto|scroll/.test(getComputedStyle(box).overflowY)) {
        const was = box.scrollTop;
        box.scrollTo({ top: was + Math.max(box.clientHeight - 20, 20), behavior: 'instant' });
        if (box.scrollTop !== was) return { moved: true };
      }
    }
  }
  return { moved: false };
};

// Whether the choice shows in the target: in its value, its text, or in the option's own state.
commands.chosen = ({ element: id, option, label }) => {
  const element = knownBy(id);
  const state = element && connected(element) ? stateOf(element) : null;
  const picked = option ? knownBy(option) : null;
  const marked = picked && connected(picked) && (boolean(picked, 'aria-selected') || boolean(picked, 'aria-checked')
    || (tagOf(picked) === 'input' && picked.checked));
  const text = element && connected(element) ? `${textContentOf(element)} ${state.value ?? ''}` : '';
  return { holds: Boolean(marked) || squeeze(text).toLowerCase().includes(squeeze(label).toLowerCase()), value: state?.value ?? null };
};

commands.radio = ({ element: id, option: wanted }) => {
  const group = elementOf(id);
  const radios = Array.from(queryAll(group, 'input[type=radio], [role=radio]'));
  const found = pick(radios, wanted, (one) => nameOf(one, 'radio'), (one) => attribute(one, 'value'));
  if (!found) throw new Failure('no_option', { option: clean(wanted, 200), have: offer(radios, (one) => nameOf(one, 'radio')) });
  return { id: idOf(found) };
};

// Ticks by script what the pointer can't reach.
commands.tick = ({ element: id }) => {
  HTMLElement.prototype.click.call(elementOf(id));
  return null;
};
