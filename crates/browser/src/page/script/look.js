// What one element is: seen or not, what can be done with it, and in which state it is.
const SKIPPED = new Set(['script', 'style', 'template', 'noscript', 'head', 'meta', 'link', 'title', 'base', 'param',
  'source', 'track', 'datalist', 'colgroup', 'col', 'defs', 'object', 'embed']);
const NATIVE_ROLES = new Set(['button', 'link', 'checkbox', 'radio', 'switch', 'tab', 'menuitem', 'menuitemcheckbox',
  'menuitemradio', 'option', 'treeitem', 'combobox', 'textbox', 'searchbox', 'spinbutton', 'slider']);
const STRUCTURE = new Set(['navigation', 'main', 'banner', 'contentinfo', 'complementary', 'region', 'search', 'form',
  'dialog', 'alertdialog', 'article', 'list', 'listitem', 'table', 'grid', 'treegrid', 'row', 'cell', 'gridcell',
  'columnheader', 'rowheader', 'caption', 'term', 'definition', 'heading', 'group', 'figure', 'tablist', 'tabpanel',
  'menu', 'menubar', 'listbox', 'radiogroup', 'tree', 'toolbar', 'alert', 'status', 'log', 'feed', 'tooltip',
  'directory', 'progressbar', 'meter', 'timer', 'video', 'audio', 'application']);
const HIDDEN_CONTROL = new Set(['checkbox', 'radio', 'file']);

// Elements that have a listener of their own for clicks, told from outside the world: a page's
// listeners are not visible from here.
const listening = new WeakSet();
commands.listen = ({ count }, ...nodes) => {
  for (const node of nodes.slice(0, count)) if (isElement(node)) listening.add(node);
  return null;
};

// A style that hides the element and all that is in it.
const isRendered = (element) => checkVisibility.call(element, { opacityProperty: true, contentVisibilityAuto: false });
const isShown = (element) => checkVisibility.call(element, {
  opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false,
});

// Clipped to nothing for screen readers' sake, or moved out of the part that can be scrolled to.
const isClippedAway = (rect, style) => {
  if (rect.width <= 1 && rect.height <= 1 && style.overflowX !== 'visible') return true;
  if (style.position === 'absolute' || style.position === 'fixed') {
    if (style.clip !== 'auto' && /rect\((0|1)px,? (0|1)px,? (0|1)px,? (0|1)px\)/.test(style.clip)) return true;
    const top = topElement();
    if (rect.width > 0 && (rect.right + window.scrollX <= 0 || rect.bottom + window.scrollY <= 0)
      && getComputedStyle(top).direction !== 'rtl') return true;
  }
  return style.clipPath !== 'none' && /inset\((50|100)%\)/.test(style.clipPath);
};

const editableRoot = (element) => {
  const value = attribute(element, 'contenteditable');
  return value !== null && value.toLowerCase() !== 'false';
};

const isInteractive = (element, role, style, inherited) => {
  const tag = tagOf(element);
  if (tag === 'a' || tag === 'area') {
    if (has(element, 'href')) return true;
  } else if (tag === 'input') return typeOf(element) !== 'hidden';
  else if (tag === 'button' || tag === 'select' || tag === 'textarea' || tag === 'summary') return true;
  if (NATIVE_ROLES.has(role) && tag !== 'option') return true;
  if (editableRoot(element)) return true;
  if (tag === 'html' || tag === 'body' || tag === 'label' || tag === 'iframe') return false;
  const tabindex = attribute(element, 'tabindex');
  if (tabindex !== null && Number(tabindex) >= 0 && tabindex.trim() !== '' && !inherited.scrolls) return true;
  if (has(element, 'onclick') || listening.has(element)) return !holdsMany(element);
  // A handler that a framework keeps at the root shows in nothing but the pointer's shape.
  return style.cursor === 'pointer' && !inherited.pointer && !inherited.interactive && !holdsMany(element);
};
// A container that listens for all that is in it is not itself a thing to click.
const holdsMany = (element) => {
  const held = element.getElementsByTagName ? Element.prototype.getElementsByTagName.call(element, '*').length : 0;
  if (held > 60) return true;
  if (held < 4) return false;
  return queryAll(element, 'a[href], button, input, select, textarea').length > 3;
};

const boolean = (element, name) => {
  const value = attribute(element, name);
  return value === 'true' || value === 'mixed' ? true : value === 'false' ? false : undefined;
};
const isDisabled = (element) => {
  if (matchesOf(element, ':disabled')) return true;
  for (let at = element, hops = 0; at && hops < 60; at = parentOf(at), hops += 1) {
    if (attribute(at, 'aria-disabled') === 'true' || has(at, 'inert')) return true;
  }
  return false;
};

const choicesOf = (element, role) => {
  const tag = tagOf(element);
  let options = [];
  if (tag === 'select') options = optionsIn(element);
  else if (tag === 'input' && has(element, 'list')) {
    const list = byId(rootOf(element), attribute(element, 'list'));
    if (list) options = Array.from(queryAll(list, 'option'));
    return options.slice(0, 500).map((option) => {
      const value = attribute(option, 'value') ?? textContentOf(option);
      return { label: clean(optionLabel(option) || value, 200), value: clean(value, 200) };
    });
  } else if (role === 'listbox' || role === 'combobox') {
    const lists = role === 'listbox' ? [element]
      : [...referenced(element, 'aria-controls'), ...referenced(element, 'aria-owns')];
    for (const list of lists) options.push(...queryAll(list, '[role=option]'));
    return options.slice(0, 500).map((option) => {
      const label = clean(squeeze(attribute(option, 'aria-label') || textContentOf(option)), 200);
      const value = attribute(option, 'data-value') ?? attribute(option, 'value') ?? label;
      return { label, value: clean(value, 200), selected: attribute(option, 'aria-selected') === 'true' };
    });
  }
  if (tag !== 'select') return [];
  const chosen = options.filter((option) => isSelected(option));
  const rest = options.slice(0, 500);
  return [...rest, ...chosen.filter((option) => !rest.includes(option))].map((option) => ({
    label: clean(optionLabel(option), 200),
    value: clean(Object.getOwnPropertyDescriptor(HTMLOptionElement.prototype, 'value').get.call(option), 200),
    selected: isSelected(option),
  }));
};

// A control that can't be seen and lies over what can, which stands in for it: the pointer reaches
// it. One that lies over nothing is there to be left alone.
const VEILS = new Set(['input', 'select', 'textarea', 'button']);
const isVeil = (element, tag, rect) => {
  if (!VEILS.has(tag) || rect.width < 8 || rect.height < 8 || getComputedStyle(element).pointerEvents === 'none') return false;
  const parent = parentNodeOf(element);
  if (!parent || !isElement(parent) || !isRendered(parent)) return false;
  const over = (other) => {
    if (other === element || insideOf(other, element) || !isShown(other)) return false;
    const box = rectOf(other);
    const wide = Math.min(box.right, rect.right) - Math.max(box.left, rect.left);
    const high = Math.min(box.bottom, rect.bottom) - Math.max(box.top, rect.top);
    return wide > 4 && high > 4;
  };
  return [parent, parentNodeOf(parent)].some((around) => around && isElement(around)
    && Array.from(around.children).slice(0, 20).some(over));
};

// Closed, where no attribute says so: it has a popup, or what it controls, links to or heads is not
// shown.
const HEADS = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'dt', 'header', 'div', 'li', 'a', 'span', 'p']);
const opensHidden = (element, tag, role) => {
  if (/^(true|menu|tree)$/.test(attribute(element, 'aria-haspopup') ?? '')) return true;
  const isHidden = (other) => !isRendered(other) || rectOf(other).height === 0;
  const controlled = referenced(element, 'aria-controls');
  if (controlled.length > 0) return role !== 'combobox' && role !== 'tab' && controlled.every(isHidden);
  if (tag === 'a') {
    const href = attribute(element, 'href') ?? '';
    const part = href.length > 1 && href.startsWith('#') ? byId(rootOf(element), href.slice(1)) : null;
    if (part) return isHidden(part);
    // One that leads elsewhere is not what opens the list under it.
    if (href !== '' && href !== '#' && !href.startsWith('javascript:')) return false;
  }
  const inside = tag === 'li' || tag === 'div' ? Array.from(element.children ?? []).slice(0, 6) : [];
  if (inside.some((child) => (tagOf(child) === 'ul' || tagOf(child) === 'ol') && isHidden(child) && squeeze(textContentOf(child)))) return true;
  const next = HEADS.has(tag) ? nextElementOf(element) : null;
  if (!next || !isHidden(next) || !squeeze(textContentOf(element)) || !squeeze(textContentOf(next))) return false;
  const inner = tagOf(next);
  const list = inner === 'ul' || inner === 'ol' || attribute(next, 'role') === 'menu';
  // A link or a word with a hidden message beside it heads nothing.
  return tag === 'a' || tag === 'span' || tag === 'p' ? list : list || inner === 'div' || inner === 'dd' || inner === 'section' || inner === 'p';
};

// Where a click on the element lands: native check boxes are often hidden behind their label.
const proxyOf = (element) => {
  if (tagOf(element) !== 'input' || !HIDDEN_CONTROL.has(typeOf(element))) return null;
  const rect = rectOf(element);
  if (isShown(element) && rect.width > 1 && rect.height > 1 && !isClippedAway(rect, getComputedStyle(element))) return null;
  return labelsOf(element).find((label) => {
    const box = rectOf(label);
    return isShown(label) && box.width > 1 && box.height > 1;
  }) ?? null;
};

const describe = (element, role, node) => {
  node.tag = tagOf(element);
  const name = nameOf(element, role);
  if (name) node.name = clean(name, 300);
  const tag = node.tag;
  const testId = attribute(element, 'data-testid') ?? attribute(element, 'data-test') ?? attribute(element, 'data-qa');
  if (testId) node.test_id = clean(testId, 200);
  const described = referenced(element, 'aria-describedby').map((other) => squeeze(textContentOf(other))).join(' ')
    || squeeze(attribute(element, 'aria-description') ?? '') || squeeze(attribute(element, 'title') ?? '');
  if (described && described !== name) node.description = clean(described, 300);
  if (role === 'heading') {
    const level = Number(attribute(element, 'aria-level')) || Number(/^h([1-6])$/.exec(tag)?.[1]) || 2;
    node.level = Math.min(Math.max(Math.trunc(level), 1), 99);
  }
  if (tag === 'td' || tag === 'th') {
    const columns = Number(attribute(element, 'colspan'));
    const rows = Number(attribute(element, 'rowspan'));
    if (columns > 1) node.column_span = Math.min(columns, 1000);
    if (rows > 1) node.row_span = Math.min(rows, 65534);
  }
  if (tag === 'a' || tag === 'area') {
    if (has(element, 'href') && element instanceof HTMLElement) {
      const href = Object.getOwnPropertyDescriptor(
        (tag === 'a' ? HTMLAnchorElement : HTMLAreaElement).prototype, 'href').get?.call(element);
      if (typeof href === 'string') node.href = clean(href, 2000);
    } else if (element instanceof SVGAElement && element.href.baseVal) {
      try { node.href = clean(new URL(element.href.baseVal, document.baseURI).href, 2000); } catch { /* It leads nowhere. */ }
    }
  }
  if (tag === 'img') {
    const source = element.currentSrc || element.src;
    if (typeof source === 'string' && source && !source.startsWith('data:')) node.src = clean(source, 2000);
  }
  const expanded = tag === 'summary' ? has(parentNodeOf(element) ?? element, 'open')
    : boolean(element, 'aria-expanded') ?? (node.interactive && opensHidden(element, tag, role) ? false : undefined);
  if (expanded !== undefined && (tag !== 'summary' || isElement(parentNodeOf(element)))) node.expanded = expanded;
  const selected = boolean(element, 'aria-selected') ?? (attribute(element, 'aria-current') ? boolean(element, 'aria-current') ?? true : undefined);
  if (selected !== undefined) node.selected = selected;
  const checked = boolean(element, 'aria-checked') ?? boolean(element, 'aria-pressed');
  if (checked !== undefined) node.checked = checked;
  if (node.interactive) describeControl(element, tag, role, node);
  if (role === 'slider' && tag !== 'input' && !node.name) {
    const label = nearbyLabel(trackOf(element) ?? element);
    if (label) node.label = clean(label, 200);
  }
  if (tag !== 'input' && tag !== 'select' && (role === 'progressbar' || role === 'meter' || role === 'slider' || role === 'spinbutton')) {
    const value = attribute(element, 'aria-valuetext') ?? attribute(element, 'aria-valuenow') ?? attribute(element, 'value');
    if (value !== null) node.value = clean(value, 200);
  }
};

const describeControl = (element, tag, role, node) => {
  if (isDisabled(element)) node.disabled = true;
  if (has(element, 'readonly') || attribute(element, 'aria-readonly') === 'true') node.readonly = true;
  if (has(element, 'required') || attribute(element, 'aria-required') === 'true') node.required = true;
  if (attribute(element, 'aria-invalid') === 'true') node.invalid = true;
  if (editableRoot(element)) {
    node.editable = true;
    node.value = clean(squeeze(element.innerText ?? ''), 1000);
  }
  const control = tag === 'input' || tag === 'select' || tag === 'textarea';
  if (control || role === 'combobox' || role === 'listbox') {
    const options = choicesOf(element, role);
    if (options.length > 0) node.options = options;
  }
  if (control) {
    const type = tag === 'input' ? typeOf(element) : null;
    if (type) node.input_type = type;
    const field = attribute(element, 'name');
    if (field) node.field = clean(field, 200);
    const complete = attribute(element, 'autocomplete');
    if (complete) node.autocomplete = clean(complete, 100);
    const placeholder = attribute(element, 'placeholder');
    if (placeholder) node.placeholder = clean(squeeze(placeholder), 200);
    const value = valueOf(element);
    if (type === 'password') node.filled = value !== '';
    else if (type === 'checkbox' || type === 'radio') {
      node.checked = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'checked').get.call(element);
      if (attribute(element, 'value') !== null) node.value = clean(value, 200);
    } else if (type === 'file') {
      node.value = clean(Array.from(element.files ?? []).map((file) => file.name).join(', '), 1000);
    } else if (tag === 'select') node.value = clean(chosenLabels(element).join(', '), 1000);
    else if (!INPUT_ROLES[type] || INPUT_ROLES[type] !== 'button') node.value = clean(value, 1000);
    const label = labelText(element)
      || (node.name ? '' : ((type === 'checkbox' || type === 'radio') && tickLabel(element)) || nearbyLabel(element));
    if (label) node.label = clean(label, 200);
    if (!node.invalid && value !== '' && matchesOf(element, ':user-invalid')) node.invalid = true;
  } else if (role === 'combobox' && node.value === undefined) {
    const inner = queryAll(element, 'input')[0];
    node.value = clean(inner ? valueOf(inner) : squeeze(textContentOf(element)), 300);
  }
};
