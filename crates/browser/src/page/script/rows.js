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
const RECENT = 6;
const markupOf = getter(Element.prototype, 'innerHTML');
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

// What a row says is cut out of its markup: asking each of its nodes in turn costs several times as
// much. Of a cell, the attributes, then its words alone, or one plain element around all of them.
const ATTRIBUTES = '((?: [^\\s"<>=]+="[^"<>]*")*)';
const CELL = new RegExp(`\\s*<(td|th)${ATTRIBUTES}>(?:([^<]*)|\\s*<([a-z]+)${ATTRIBUTES}>([^<]*)</\\4>\\s*)</\\1>`, 'y');
const LONGEST_ROW = 40000;
const ENTITY = /&(amp|lt|gt|quot|nbsp);/g;
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };
const plainly = (text) => (text.includes('&') ? text.replace(ENTITY, (_, name) => ENTITIES[name]) : text);
// White space that is more than one space between words.
const UNEVEN = /^\s|\s$|\s\s|[^\S ]/;
// Nothing that a text would be cleared of.
const isEven = (text) => text.isWellFormed() && !/[\0\ue000-\uf8ff]/.test(text);
const literally = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const mouldIn = (attributes) => {
  let mould = '';
  for (const [, name, value] of attributes.matchAll(/ ([^\s"<>=]+)="([^"<>]*)"/g)) {
    if (name === 'href') mould += ' href';
    else if (ALIKE.has(name)) mould += ` ${name}=${value}`;
    else if (!MUTE.has(name)) return null;
  }
  return mould;
};

// How a row is built, by its markup: what each cell is, and an expression for rows that are built
// to the letter like it, which gives the words and the links. Null for one that must be walked.
const buildOf = (markup) => {
  const parts = [];
  const inner = [];
  const links = [];
  let pattern = '';
  CELL.lastIndex = 0;
  for (let at = 0; at < markup.length; at = CELL.lastIndex) {
    const found = CELL.exec(markup);
    if (!found) break;
    const [, tag, attributes, , innerTag, innerAttributes] = found;
    const mould = mouldIn(attributes);
    if (mould === null) return null;
    pattern += `\\s*<${tag}${literally(attributes)}>`;
    let part = `${tag}${mould}`;
    if (innerTag === undefined) pattern += '([^<]*)';
    else {
      const innerMould = PLAIN.has(innerTag) ? mouldIn(innerAttributes) : null;
      if (innerMould === null) return null;
      part += `>${innerTag}${innerMould}`;
      const [before, after] = innerAttributes.split(/ href="[^"]*"/);
      const link = after === undefined ? '' : ' href="([^"<>]*)"';
      pattern += `\\s*<${innerTag}${literally(before)}${link}${literally(after ?? '')}>([^<]*)</${innerTag}>\\s*`;
      if (link) links.push(parts.length);
    }
    pattern += `</${tag}>`;
    parts.push(part);
    inner.push(innerTag);
  }
  return parts.length > 0 ? { parts, inner, links: new Set(links), pattern: new RegExp(`^${pattern}\\s*$`) } : null;
};

// Links within the same place are made whole here; what takes more, by the browser.
const WITHIN = /^(?:\/[\w~-][\w~.-]*)+\/?(?:\?[\w=&~.-]*)?$/;
const baseOf = getter(Node.prototype, 'baseURI');
const originOf = () => {
  try {
    const base = new URL(baseOf(topElement()));
    return base.protocol === 'http:' || base.protocol === 'https:' ? base.origin : null;
  } catch { return null; }
};

// Reads the rows of one part of a table one after the other.
const scannerOf = () => {
  const origin = originOf();
  // Most rows are built like one of the last ones.
  const recent = [];
  const match = (markup) => {
    for (const shape of recent) {
      const found = shape.pattern.exec(markup);
      if (found) return [shape, found];
    }
    const shape = buildOf(markup);
    const found = shape?.pattern.exec(markup);
    if (!found) return null;
    recent.unshift(shape);
    if (recent.length > RECENT) recent.pop();
    return [shape, found];
  };
  // What is in a row: how it is built, and its words in order. Null for one that must be walked.
  return (row) => {
    const first = mouldOf(row);
    if (first === null || listening.has(row)) return null;
    const markup = markupOf(row);
    if (markup.length > LONGEST_ROW || !isEven(markup)) return null;
    const matched = match(markup);
    if (!matched) return null;
    const [shape, found] = matched;
    const cells = [];
    let empty = '';
    let at = 1;
    let cell = firstElementOf(row);
    for (let index = 0; index < shape.parts.length; index += 1, cell = nextElementOf(cell)) {
      const isLink = shape.links.has(index);
      const address = isLink ? plainly(found[at]) : undefined;
      if (isLink) at += 1;
      let words = plainly(found[at]);
      at += 1;
      if (UNEVEN.test(words)) words = squeeze(words);
      const innerTag = shape.inner[index];
      const inner = innerTag === undefined ? null : firstElementOf(cell);
      if (words.length > LONGEST || (inner && !words) || listening.has(cell)) return null;
      if (inner && (listening.has(inner) || (innerTag === 'span' && shadowOf(inner)))) return null;
      if (!checkVisibility.call(inner ?? cell, SIGHT)) return null;
      // What says nothing is built in another way.
      empty += words ? ' ' : '-';
      cells.push({ cell, inner, words, address });
    }
    return { first, shape, empty, cells, origin };
  };
};
const keyOf = ({ first, shape, empty }) => `${first}|${shape.parts.join('|')}|${empty}`;
const leadsTo = ({ inner, address }, origin) =>
  (origin !== null && address !== undefined && address.length < 1000 && WITHIN.test(address) ? origin + address : clean(inner.href, 2000));

// What to put where in the nodes of a row of this kind, learnt from one that was walked; null where
// it turned out to hold more than its words.
const learnRow = ({ cells }, tree) => {
  const nodes = [];
  const slots = [];
  const links = new Set();
  const add = (one, parent, slot) => {
    const { rect, in_view: inView, covered, parent: _, ...node } = one.node;
    if (parent !== null) node.parent = parent;
    // What differs is not part of the mould.
    if (slot.name) node.name = '';
    if (slot.href) node.href = '';
    if (slot.text) {
      node.text = '';
      if (node.marks) node.marks = node.marks.map((mark) => ({ ...mark, text: '' }));
    }
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
  const scanRow = scannerOf();
  let before = null;
  const kindOf = (scan) => {
    if (before?.shape === scan.shape && before.first === scan.first && before.empty === scan.empty) return before.kind;
    const kind = kinds.get(keyOf(scan));
    before = kind === undefined ? null : { shape: scan.shape, first: scan.first, empty: scan.empty, kind };
    return kind;
  };
  return {
    // Takes the row and says how many nodes that makes, or what is to be learnt when it is walked.
    take: (row, out) => {
      const scan = scanRow(row);
      if (!scan) return null;
      const known = kindOf(scan);
      if (!known) return known === undefined && kinds.size < KINDS ? scan : null;
      const values = [];
      for (let index = 0; index < scan.cells.length; index += 1) {
        const cell = scan.cells[index];
        if (!cell.words) continue;
        values.push(cell.words);
        if (known.links.has(index)) values.push(leadsTo(cell, scan.origin));
      }
      const last = out.at(-1);
      if (last?.mould === known) last.rows.push([numberOf(row), values]);
      else out.push({ node: { role: 'rows' }, mould: known, rows: [[numberOf(row), values]], children: [], seen: false, dom: row });
      return known.nodes.length;
    },
    learn: (scan, tree) => {
      kinds.set(keyOf(scan), (tree && learnRow(scan, tree)) ?? false);
    },
  };
};
