// Roles and accessible names, after the ARIA and accname rules.
const KNOWN_ROLES = new Set(('alert alertdialog application article banner blockquote button caption cell '
  + 'checkbox columnheader combobox complementary contentinfo definition dialog directory document feed '
  + 'figure form grid gridcell group heading img image link list listbox listitem log main marquee math menu '
  + 'menubar menuitem menuitemcheckbox menuitemradio meter navigation none note option paragraph presentation progressbar '
  + 'radio radiogroup region row rowgroup rowheader scrollbar search searchbox separator slider '
  + 'spinbutton status switch tab table tablist tabpanel term textbox timer toolbar tooltip tree '
  + 'treegrid treeitem').split(' '));
const INPUT_ROLES = {
  button: 'button', submit: 'button', reset: 'button', image: 'button', file: 'button',
  checkbox: 'checkbox', radio: 'radio', range: 'slider', number: 'spinbutton', search: 'searchbox',
};
const TAG_ROLES = {
  button: 'button', summary: 'button', textarea: 'textbox', ul: 'list', ol: 'list', menu: 'list',
  li: 'listitem', table: 'table', tr: 'row', caption: 'caption', dl: 'list', dt: 'term',
  dd: 'definition', form: 'form', fieldset: 'group', details: 'group', optgroup: 'group',
  option: 'option', nav: 'navigation', main: 'main', aside: 'complementary', article: 'article',
  dialog: 'dialog', progress: 'progressbar', meter: 'meter', output: 'status', figure: 'figure',
  iframe: 'frame', frame: 'frame', search: 'search', h1: 'heading', h2: 'heading', h3: 'heading',
  h4: 'heading', h5: 'heading', h6: 'heading', thead: 'rowgroup', tbody: 'rowgroup',
  tfoot: 'rowgroup', p: 'paragraph', hr: 'separator', video: 'video', audio: 'audio',
};
const NAMED_BY_CONTENT = new Set(['button', 'link', 'heading', 'checkbox', 'radio', 'switch', 'menuitem',
  'menuitemcheckbox', 'menuitemradio', 'option', 'tab', 'treeitem', 'tooltip']);
const SECTIONING = 'article, aside, main, nav, section';

const typeOf = (input) => {
  const type = (attribute(input, 'type') ?? 'text').trim().toLowerCase();
  return Object.hasOwn(INPUT_TYPES, type) ? type : 'text';
};
const INPUT_TYPES = Object.fromEntries(('text button checkbox color date datetime-local email file hidden image month '
  + 'number password radio range reset search submit tel time url week').split(' ').map((type) => [type, true]));

const givenRole = (element) => {
  const value = attribute(element, 'role');
  if (!value) return null;
  for (const word of value.toLowerCase().split(/\s+/)) if (KNOWN_ROLES.has(word)) return word === 'image' ? 'img' : word;
  return null;
};
// A made-up slider says what it is in nothing but its class and its shape: a small box without
// words on a long one.
const KNOB = /(^|[-_\s])(slider|range|track|thumb|knob|handle|grip|drag(ger)?)/i;
const offsetParentOf = getter(HTMLElement.prototype, 'offsetParent');
const KNOB_TAGS = new Set(['a', 'span', 'div', 'button']);
const trackOf = (handle) => {
  const own = rectOf(handle);
  for (let at = parentOf(handle), hops = 0; at && hops < 4; at = parentOf(at), hops += 1) {
    const rect = rectOf(at);
    const wide = rect.width >= own.width * 3 && rect.width >= rect.height * 3;
    const high = rect.height >= own.height * 3 && rect.height >= rect.width * 3;
    if (wide || high) return at;
  }
  return null;
};
const isKnob = (element, tag) => {
  if (!KNOB_TAGS.has(tag) || !(element instanceof HTMLElement)) return false;
  const own = attribute(element, 'class') ?? '';
  if (!/handle|thumb|knob|grip|slider/i.test(own) || !KNOB.test(own)) return false;
  if (!/^[\d.,%$€£\s]{0,12}$/.test(textContentOf(element))) return false;
  const rect = rectOf(element);
  if (rect.width < 4 || rect.height < 4 || rect.width > 64 || rect.height > 64) return false;
  if (getComputedStyle(element).position === 'static') return false;
  // A knob within a knob, or within what says itself that it is a slider, is the same one.
  for (let at = parentOf(element), hops = 0; at && hops < 4; at = parentOf(at), hops += 1) {
    if (givenRole(at) === 'slider' || (hops === 0 && isKnob(at, tagOf(at)))) return false;
  }
  // The knob of a switch, and the arrows of a show of pictures, are called the same.
  if (closestOf(element, 'label') || /arrow|dot|prev|next|nav|item/i.test(own)) return false;
  const track = trackOf(element);
  if (track === null || !insideOf(offsetParentOf(element) ?? topElement(), track)) return false;
  const along = rectOf(track);
  if (Math.min(along.width, along.height) > Math.max(rect.width, rect.height, 20) * 2) return false;
  return (KNOB.test(attribute(track, 'class') ?? '') || /slider/i.test(own));
};
const roleOf = (element) => {
  const given = givenRole(element);
  if (given && given !== 'none' && given !== 'presentation') return given;
  const tag = tagOf(element);
  if (isKnob(element, tag)) return 'slider';
  switch (tag) {
    case 'a': case 'area': return has(element, 'href') ? 'link' : 'generic';
    case 'input': {
      const type = typeOf(element);
      if (has(element, 'list') && !INPUT_ROLES[type]) return 'combobox';
      return INPUT_ROLES[type] ?? 'textbox';
    }
    case 'select': return has(element, 'multiple') || Number(attribute(element, 'size')) > 1 ? 'listbox' : 'combobox';
    case 'img': return 'img';
    case 'svg': return 'img';
    case 'section': return has(element, 'aria-label') || has(element, 'aria-labelledby') ? 'region' : 'generic';
    case 'header': return closestOf(element, SECTIONING) ? 'generic' : 'banner';
    case 'footer': return closestOf(element, SECTIONING) ? 'generic' : 'contentinfo';
    case 'td': return given ? 'generic' : 'cell';
    case 'th': {
      if (given) return 'generic';
      const scope = attribute(element, 'scope');
      if (scope === 'row' || scope === 'rowgroup') return 'rowheader';
      if (scope === 'col' || scope === 'colgroup') return 'columnheader';
      const first = previousElementOf(element) === null;
      const row = parentNodeOf(element);
      const alone = row && isElement(row) && Array.from(row.children).some((cell) => tagOf(cell) === 'td');
      return first && alone ? 'rowheader' : 'columnheader';
    }
    default: return given ? 'generic' : TAG_ROLES[tag] ?? 'generic';
  }
};

const valueOf = (control) => {
  switch (tagOf(control)) {
    case 'input': return Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').get.call(control);
    case 'textarea': return Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').get.call(control);
    case 'select': return Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').get.call(control);
    default: return null;
  }
};

// What a person could read in the element, for names: hidden parts left out, images by their alt.
const contentOf = (element, seen, budget) => {
  let out = '';
  for (const child of childrenOf(element)) {
    if (budget.left <= 0) break;
    const type = nodeTypeOf(child);
    if (type === 3) {
      const data = dataOf(child);
      budget.left -= data.length;
      out += data;
    } else if (type === 1) {
      budget.left -= 8;
      const tag = tagOf(child);
      if (tag === 'script' || tag === 'style' || tag === 'template' || tag === 'noscript') continue;
      if (attribute(child, 'aria-hidden') === 'true' || has(child, 'hidden')) continue;
      const style = getComputedStyle(child);
      if (style.display === 'none' || style.visibility === 'hidden') continue;
      const part = alternativeOf(child, seen, budget);
      out += style.display.startsWith('inline') || style.display === 'contents' ? part : ` ${part} `;
    }
  }
  return out;
};
// The text alternative of an element met inside another's name.
const alternativeOf = (element, seen, budget) => {
  if (seen.has(element)) return '';
  seen.add(element);
  const label = attribute(element, 'aria-label');
  if (label && label.trim()) return label;
  const tag = tagOf(element);
  if (tag === 'br') return ' ';
  if (tag === 'img' || tag === 'area') return attribute(element, 'alt') ?? attribute(element, 'title') ?? '';
  if (tag === 'svg') return graphicName(element);
  if (tag === 'input') {
    const type = typeOf(element);
    return type === 'checkbox' || type === 'radio' || type === 'password' || type === 'hidden' || type === 'file'
      ? '' : valueOf(element);
  }
  if (tag === 'textarea') return valueOf(element);
  if (tag === 'select') return chosenLabels(element).join(' ');
  return contentOf(element, seen, budget) || attribute(element, 'title') || '';
};
const graphicName = (svg) => {
  for (let child = firstElementOf(svg); child; child = nextElementOf(child)) {
    if (tagOf(child) === 'title') return textContentOf(child);
  }
  return '';
};
const optionLabel = (option) => squeeze(attribute(option, 'label') || textContentOf(option));
const optionsIn = (select) => Array.from(queryAll(select, 'option'));
const isSelected = getter(HTMLOptionElement.prototype, 'selected');
const chosenLabels = (select) => optionsIn(select).filter((option) => isSelected(option)).map(optionLabel);

// Chromium looks through the whole tree for the labels of each control, so they are looked up in a
// table that is made once for each command.
const LABELED = new Set(['button', 'input', 'meter', 'output', 'progress', 'select', 'textarea']);
const controlOf = getter(HTMLLabelElement.prototype, 'control');
let labelTables = new WeakMap();
const labelTable = (root) => {
  let table = labelTables.get(root);
  if (!table) {
    table = new Map();
    for (const label of allIn(root, 'label[for]')) {
      const control = controlOf(label);
      if (!control) continue;
      const others = table.get(control);
      if (others) others.push(label); else table.set(control, [label]);
    }
    labelTables.set(root, table);
  }
  return table;
};
const labelsOf = (control) => {
  const tag = tagOf(control);
  if (!LABELED.has(tag) && !tag.includes('-')) return [];
  const around = closestOf(control, 'label');
  const root = rootOf(control);
  const labels = nodeTypeOf(root) === 1 ? [] : labelTable(root).get(control) ?? [];
  return around && !labels.includes(around) && controlOf(around) === control ? [...labels, around] : labels;
};
const labelText = (control) => {
  const texts = labelsOf(control).map((label) => squeeze(contentOf(label, new Set([control]), { left: 2000 })));
  return texts.filter(Boolean).join(' ');
};
const referenced = (element, name) => {
  const value = attribute(element, name);
  if (!value) return [];
  const root = rootOf(element);
  return value.trim().split(/\s+/).slice(0, 20).map((id) => byId(root, id)).filter(Boolean);
};

const nameOf = (element, role) => {
  const budget = { left: 2000 };
  const named = referenced(element, 'aria-labelledby')
    .map((other) => squeeze(alternativeOf(other, new Set(), budget))).filter(Boolean).join(' ');
  if (named) return named;
  const label = attribute(element, 'aria-label');
  if (label && label.trim()) return squeeze(label);
  const tag = tagOf(element);
  const title = squeeze(attribute(element, 'title') ?? '');
  const first = (...texts) => {
    for (const text of texts) {
      const squeezed = text ? squeeze(text) : '';
      if (squeezed) return squeezed;
    }
    return '';
  };
  const child = (wanted) => {
    for (let at = firstElementOf(element); at; at = nextElementOf(at)) if (tagOf(at) === wanted) return contentOf(at, new Set(), budget);
    return '';
  };
  switch (tag) {
    case 'input': {
      const type = typeOf(element);
      if (type === 'submit' || type === 'button' || type === 'reset') {
        const standard = { submit: 'Submit', reset: 'Reset', button: '' };
        return first(labelText(element), valueOf(element), title, standard[type]);
      }
      if (type === 'image') return first(labelText(element), attribute(element, 'alt'), title, 'Submit');
      return first(labelText(element), title, attribute(element, 'placeholder'), attribute(element, 'aria-placeholder'));
    }
    case 'select': case 'textarea': case 'meter': case 'progress': case 'output':
      return first(labelText(element), title, attribute(element, 'placeholder'));
    case 'img': case 'area': return first(attribute(element, 'alt'), title);
    case 'svg': return first(graphicName(element), title);
    case 'fieldset': return first(child('legend'), title);
    case 'table': return first(child('caption'), title);
    case 'figure': return first(child('figcaption'), title);
    case 'iframe': case 'frame': return first(title, attribute(element, 'name'));
    case 'optgroup': return first(attribute(element, 'label'), title);
    default: break;
  }
  if (NAMED_BY_CONTENT.has(role)) {
    const own = first(labelText(element), contentOf(element, new Set([element]), budget));
    if (own) return own;
  }
  return first(title, attribute(element, 'aria-placeholder'), attribute(element, 'placeholder'));
};

// A control that nothing names is usually named by the words right before it.
const nearbyLabel = (control) => {
  let at = control;
  for (let depth = 0; at && depth < 3; depth += 1) {
    for (let before = at.previousSibling, hops = 0; before && hops < 4; before = before.previousSibling, hops += 1) {
      if (isElement(before) && matchesOf(before, 'input, select, textarea, button')) return '';
      const text = squeeze(textContentOf(before) ?? '');
      if (text) return text.length <= 80 ? text : '';
    }
    const parent = parentNodeOf(at);
    if (!parent || !isElement(parent) || matchesOf(parent, 'form, body, main, section, table, fieldset')) return '';
    // In a table with heads, the cell before is another value of the row.
    if (matchesOf(parent, 'td') && allIn(closestOf(parent, 'table') ?? parent, 'th').length > 0) return '';
    at = parent;
  }
  return '';
};
