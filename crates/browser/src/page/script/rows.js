// Rows of a table that differ in their words only. The first of a kind is walked like everything
// else; of those that are built like it, only the words are taken, and the list is made whole where
// it arrives. Anything that is not plain is walked.
const PLAIN = new Set(['a', 'b', 'button', 'code', 'em', 'i', 'small', 'span', 'strong']);
// Attributes that say nothing in a reading. Others are part of what a row is like, or make it a
// row of its own.
const MUTE = new Set(['align', 'bgcolor', 'headers', 'height', 'href', 'nowrap', 'rel', 'style', 'target', 'valign', 'width']);
const ALIKE = new Set(['class', 'scope', 'type']);
const KINDS = 40;
const LONGEST = 2000;
const attributeNamesOf = method(Element.prototype, 'getAttributeNames');
const hasAttributesOf = method(Element.prototype, 'hasAttributes');
const SIGHT = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false };

// The attributes that make an element what it is, or null for one that must be walked.
const mouldOf = (element) => {
  if (!hasAttributesOf(element)) return '';
  let mould = '';
  for (const name of attributeNamesOf(element)) {
    if (name === 'href') mould += ' href';
    else if (ALIKE.has(name)) mould += ` ${name}=${attribute(element, name)}`;
    else if (!MUTE.has(name)) return null;
  }
  return mould;
};

// The only thing in a cell, white space aside; undefined where there are more.
const onlyIn = (element) => {
  let only = firstChildOf(element);
  if (only === null || nextSiblingOf(only) === null) return only;
  only = null;
  for (let child = firstChildOf(element); child; child = nextSiblingOf(child)) {
    if (nodeTypeOf(child) === 3 && !dataOf(child).trim()) continue;
    if (only) return undefined;
    only = child;
  }
  return only;
};

const wordsIn = (text) => {
  const words = squeeze(dataOf(text));
  return words.length > LONGEST || /[\ue000-\uf8ff]/.test(words) ? null : words;
};

// What is in a row: its kind, and its words in order. Null for one that must be walked.
const scanRow = (row) => {
  const first = mouldOf(row);
  if (first === null || listening.has(row) || openRootOf(row)) return null;
  const parts = [first];
  const cells = [];
  for (let cell = firstElementOf(row); cell; cell = nextElementOf(cell)) {
    const tag = tagOf(cell);
    if (tag !== 'td' && tag !== 'th') return null;
    const mould = mouldOf(cell);
    if (mould === null || listening.has(cell)) return null;
    let part = mould === '' ? tag : `${tag}${mould}`;
    const only = onlyIn(cell);
    if (only === undefined) return null;
    let inner = null;
    let text = only;
    if (only && nodeTypeOf(only) === 1) {
      const innerTag = tagOf(only);
      const innerMould = PLAIN.has(innerTag) ? mouldOf(only) : null;
      if (innerMould === null || listening.has(only)) return null;
      part += `>${innerTag}${innerMould}`;
      inner = only;
      text = firstChildOf(inner);
      if (!text || nextSiblingOf(text)) return null;
    }
    if (text && nodeTypeOf(text) !== 3) return null;
    const words = text ? wordsIn(text) : '';
    if (words === null || (inner && !words)) return null;
    if (!checkVisibility.call(inner ?? cell, SIGHT)) return null;
    // What says nothing is built in another way.
    parts.push(words ? part : `${part}-`);
    cells.push({ cell, inner, words });
  }
  return cells.length > 0 ? { parts, cells } : null;
};

// What to put where in the nodes of a row of this kind, learnt from one that was walked; null where
// it turned out to hold more than its words.
const learnRow = ({ cells }, tree) => {
  const nodes = [];
  const slots = [];
  const links = new Set();
  const add = (one, parent, slot) => {
    const { rect, in_view: inView, covered, parent: _, ...node } = one.node;
    if (parent !== null) node.parent = parent;
    nodes.push(node);
    slots.push(slot);
    return nodes.length - 1;
  };
  const same = (name, words) => name === undefined || name === words;
  if (tree.node.role !== 'row' || tree.node.name || tree.children.length !== cells.length) return null;
  add(tree, null, { id: '' });
  let next = 1;
  for (let index = 0; index < cells.length; index += 1) {
    const { inner, words } = cells[index];
    const one = tree.children[index];
    if (one.dom !== cells[index].cell || !same(one.node.name, words) || one.children.length !== (words ? 1 : 0)) return null;
    const id = `.${index + 1}`;
    const at = next;
    const parent = add(one, 0, { id, name: one.node.name === undefined ? undefined : at });
    if (!words) continue;
    next += 1;
    let holder = parent;
    let [only] = one.children;
    if (inner && only.dom === inner) {
      if (!same(only.node.name, words) || only.children.length !== 1) return null;
      const slot = { id: `${id}.1`, name: only.node.name === undefined ? undefined : at };
      if (only.node.href !== undefined) { slot.href = next; next += 1; links.add(index); }
      holder = add(only, parent, slot);
      [only] = only.children;
    }
    const marks = only.node.marks ?? [];
    if (only.node.role !== 'text' || only.node.text !== words || only.children.length > 0) return null;
    if (marks.length > 1 || marks.some((mark) => mark.text !== words || mark.value !== undefined)) return null;
    add(only, holder, { text: at });
  }
  return { nodes, slots, links };
};

// The rows of one part of a table.
const rowsOf = () => {
  const kinds = new Map();
  // Most rows are like the one before.
  let before = null;
  const isLikeBefore = (parts) => before !== null && parts.length === before.parts.length
    && parts.every((part, index) => part === before.parts[index]);
  return {
    // Takes the row and says how many nodes that makes, or what is to be learnt when it is walked.
    take: (row, out) => {
      const scan = scanRow(row);
      if (!scan) return null;
      const known = isLikeBefore(scan.parts) ? before.known : kinds.get(scan.parts.join('|'));
      if (known) before = { parts: scan.parts, known };
      if (!known) return known === undefined && kinds.size < KINDS ? scan : null;
      const values = [];
      scan.cells.forEach(({ inner, words }, index) => {
        if (!words) return;
        values.push(clean(words, LONGEST));
        if (known.links.has(index)) values.push(clean(inner.href, 2000));
      });
      const last = out.at(-1);
      if (last?.mould === known) last.rows.push([Number(idOf(row).slice(1)), values]);
      else out.push({ node: { role: 'rows' }, mould: known, rows: [[Number(idOf(row).slice(1)), values]], children: [], seen: false, dom: row });
      return known.nodes.length;
    },
    learn: (scan, tree) => {
      kinds.set(scan.parts.join('|'), (tree && learnRow(scan, tree)) ?? false);
    },
  };
};
