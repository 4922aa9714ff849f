// Texts as places: where a run of text stands, and the element that a click on it lands in; and the
// words that stand for a control that has none of its own.
const rangeOf = method(Document.prototype, 'createRange');
const HINT_PARTS = 6;

// One more node of the page went into a run of text. Its element is the innermost that holds all
// of the run.
const holdText = (tree, dom, holder) => {
  tree.last = dom;
  if (!tree.first) {
    tree.first = dom;
    tree.owner = parentNodeOf(dom);
    tree.holder = holder;
    return;
  }
  while (tree.owner && isElement(tree.owner) && !containsNode(tree.owner, dom)) tree.owner = parentNodeOf(tree.owner);
};

// A click on an element lands in its middle: on the text only if there is nothing else in it.
const holdsOnly = (owner, holder, text) => isElement(owner) && owner !== holder && !containsNode(owner, holder)
  && squeeze(textContentOf(owner)).length <= text.length;

const placeTexts = (trees, place) => {
  const visit = (tree) => {
    const { node, owner, holder } = tree;
    if (node.role === 'text' && tree.first && connected(tree.first) && connected(tree.last)) {
      if (owner && holdsOnly(owner, holder, node.text)) node.id = idOf(owner);
      const range = rangeOf(document);
      range.setStartBefore(tree.first);
      range.setEndAfter(tree.last);
      const rect = range.getBoundingClientRect();
      if (rect.width > 0 && rect.height > 0) node.rect = place(rect).map((value) => Math.round(value * 10) / 10);
    }
    for (const child of tree.children) {
      visit(child);
      // A box that turned out to be kept is what its text is in.
      if (child.node.role === 'text' && child.node.id === node.id) delete child.node.id;
    }
  };
  trees.forEach(visit);
};

// What the page's author calls a control that says nothing: its own names, and those of the icon in
// it.
const iconHint = (element) => {
  const parts = new Set();
  const add = (text) => { for (const word of squeeze(text ?? '').split(' ')) if (word) parts.add(word); };
  const fileOf = (address) => (address ?? '').split(/[?#]/)[0].split('/').pop().replace(/\.\w+$/, '');
  const look = (at, tag) => {
    add(hintOf(at));
    for (const name of ['data-icon', 'data-action', 'data-role', 'aria-roledescription']) add(attribute(at, name));
    if (tag === 'use') add((attribute(at, 'href') ?? attribute(at, 'xlink:href') ?? '').split('#').pop());
    if (tag === 'img' || tag === 'image') {
      const source = attribute(at, 'src') ?? '';
      if (!source.startsWith('data:')) add(fileOf(source));
    }
  };
  look(element, tagOf(element));
  Array.from(queryAll(element, '*')).slice(0, HINT_PARTS).forEach((inner) => look(inner, tagOf(inner)));
  return clean([...parts].join(' '), 200);
};
// A small box with nothing in it that shows something all the same. What listens for clicks on it
// may be far above it.
const ICON_TAGS = new Set(['i', 'span', 'div', 'b', 'em']);
const isIcon = (element, tag, style, rect) => {
  if (!ICON_TAGS.has(tag) || !has(element, 'class') || firstElementOf(element) || squeeze(textContentOf(element))) return false;
  if (rect.width < 8 || rect.height < 8 || rect.width > 64 || rect.height > 64) return false;
  if (Math.max(rect.width, rect.height) > 3 * Math.min(rect.width, rect.height)) return false;
  if (style.backgroundImage !== 'none' || !/^rgba\(.*, 0\)$/.test(style.backgroundColor)) return true;
  const before = getComputedStyle(element, '::before').content;
  return before !== 'none' && before !== 'normal' && before !== '""';
};
const saysNothing = (element, node) =>
  !/\p{L}/u.test(`${node.name ?? ''}${node.label ?? ''}${node.placeholder ?? ''}`) && !/\p{L}/u.test(textContentOf(element).slice(0, 200));

// The words for a check box or radio button that no label names: those after it, unless the words
// of this row of boxes stand before them.
const tickLabel = (control) => {
  const isOther = (node) => isElement(node) && (matchesOf(node, 'input, select, textarea, button')
    || queryAll(node, 'input, select, textarea, button').length > 0);
  const following = (from) => {
    let text = '';
    for (let at = nextSiblingOf(from); at; at = nextSiblingOf(at)) {
      if (isOther(at) || (isElement(at) && tagOf(at) === 'br')) break;
      text += ` ${textContentOf(at) ?? ''}`;
      if (squeeze(text) && isElement(at)) break;
    }
    return squeeze(text);
  };
  let at = control;
  for (let depth = 0; at && depth < 2; depth += 1) {
    const parent = parentNodeOf(at);
    if (!parent || !isElement(parent)) return '';
    const text = following(at);
    const boxes = Array.from(parent.children ?? []).filter(isOther);
    const last = boxes[boxes.length - 1];
    if (text && (!last || last === at || following(last))) return text.length <= 80 ? text : '';
    if (text || boxes.length > 1 || matchesOf(parent, 'form, body, main, section, table, fieldset, tr, ul, ol')) return '';
    at = parent;
  }
  return '';
};
