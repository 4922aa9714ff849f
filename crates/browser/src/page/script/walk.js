// One walk through the flat tree in reading order. It first builds a tree, because containers are
// kept or dropped by what turned out to be in them, then flattens it within the budget.
const ITEMS = new Set(['div', 'article', 'section', 'li', 'a', 'span', 'ul', 'p', 'tr']);
const MANY = 60;
const ROWS = new Set(['table', 'tbody', 'tfoot']);
const FEW_ROWS = 8;

const walker = (options) => {
  const { words = [], maxNodes = Infinity, whole = false, offset, view } = options;
  const frames = [];
  const digests = [];
  const emitted = new Set();
  let visited = 0;
  let asked = 500;
  let cut = false;
  let glue = null;
  let space = false;
  const started = performance.now();
  const large = !whole && elementsOf(document, '*')[maxNodes] !== undefined;
  const hosts = [];
  const modal = Array.from(allIn(document, 'dialog:modal, [aria-modal=true]')).find((one) => isShown(one));

  const place = (rect) => [
    offset.x + rect.left * offset.scaleX, offset.y + rect.top * offset.scaleY,
    rect.width * offset.scaleX, rect.height * offset.scaleY,
  ];
  const inView = ([left, top, width, height]) =>
    left < view.right && left + width > view.left && top < view.bottom && top + height > view.top;
  const wanted = (text) => {
    if (words.length === 0) return 0;
    const lower = text.toLowerCase();
    let count = 0;
    for (const word of words) if (lower.includes(word)) count += 1;
    return count;
  };
  const flush = () => { glue = null; space = false; };

  const addText = (node, out, context) => {
    const data = dataOf(node);
    const leading = /^\s/.test(data);
    const text = squeeze(data).replace(/[\ue000-\uf8ff]/g, '');
    if (!text) { space = space || data.length > 0; return; }
    if (glue && glue.out === out && glue.tree.node.text.length < 20000) {
      glue.tree.node.text += (space || leading ? ' ' : '') + clean(text, 20000);
      glue.tree.seen = glue.tree.seen || context.seen;
      holdText(glue.tree, node, context.holder);
    } else {
      const tree = { node: { role: 'text', text: clean(text, 20000) }, children: [], seen: context.seen, dom: node };
      holdText(tree, node, context.holder);
      out.push(tree);
      glue = { out, tree };
    }
    space = /\s$/.test(data);
  };

  const addElement = (element, role, rect, out, context, extra) => {
    const node = { role, id: idOf(element) };
    if (extra.interactive) node.interactive = true;
    describe(element, role, node);
    if (whole) {
      const hint = hintOf(element);
      if (hint) node.hint = hint;
    } else if (extra.interactive && saysNothing(element, node)) {
      const hint = iconHint(element);
      if (hint) node.hint = hint;
    }
    if (rect.width > 0 || rect.height > 0) {
      node.rect = place(rect).map((value) => Math.round(value * 10) / 10);
      if (inView(node.rect)) node.in_view = true;
    }
    const tree = { node, children: [], seen: node.in_view === true, dom: element };
    out.push(tree);
    flush();
    return tree;
  };

  // What is closed takes up its place for the layout, and is not shown.
  const shownIn = (element) => {
    const children = childrenOf(element);
    if (tagOf(element) === 'details' && !has(element, 'open')) {
      return children.filter((child) => isElement(child) && tagOf(child) === 'summary').slice(0, 1);
    }
    return children;
  };
  const visitChildren = (element, out, context) => {
    const children = shownIn(element);
    if (whole && !modal && children.length > FEW_ROWS && ROWS.has(tagOf(element))) { visitRows(children, out, context); return; }
    const repeated = repeatedOf(children);
    if (large && repeated.size > MANY) { visitSome(children, repeated, out, context); return; }
    for (const child of children) visit(child, out, context, repeated.has(child));
  };

  const visitRows = (children, out, context) => {
    const rows = rowsOf();
    for (const child of children) {
      const scan = nodeTypeOf(child) === 1 && tagOf(child) === 'tr' && context.visible && isFree(child, context.clip)
        ? rows.take(child, out) : null;
      if (typeof scan === 'number') {
        flush();
        visited += scan;
        if (isTooMuch()) return;
        continue;
      }
      const before = out.length;
      visit(child, out, context, false);
      const alone = out.length === before + 1 && out[before].dom === child;
      if (scan) rows.learn(scan, alone ? out[before] : null);
    }
  };
  // Nothing around it cuts it off.
  const isFree = (element, clip) => {
    if (!clip) return true;
    const rect = rectOf(element);
    return rect.left >= clip.left && rect.right <= clip.right && rect.top >= clip.top && rect.bottom <= clip.bottom;
  };

  const firstTags = (element) => {
    let tags = '';
    let at = firstElementOf(element);
    for (let count = 0; at && count < 4; count += 1, at = nextElementOf(at)) tags += ` ${tagOf(at)}`;
    return tags;
  };

  // Siblings that look alike carry structure: the cards of a shop, the rows of a made-up table.
  const repeatedOf = (children) => {
    const groups = new Map();
    for (const child of children) {
      if (nodeTypeOf(child) !== 1) continue;
      const tag = tagOf(child);
      if (!ITEMS.has(tag) && !tag.includes('-')) continue;
      const bare = !hasAttributesOf(child);
      const style = bare ? '' : (attribute(child, 'class') ?? '').trim().split(/\s+/, 1)[0];
      // Boxes without a class are alike when what is in them is; rows are rows.
      const inner = style || tag === 'tr' ? '' : firstTags(child);
      const key = bare && tag === 'tr' ? 'tr' : `${tag} ${style} ${attribute(child, 'role') ?? ''} ${inner}`;
      const group = groups.get(key);
      if (group) group.push(child); else groups.set(key, [child]);
    }
    const repeated = new Set();
    for (const group of groups.values()) if (group.length > 1) for (const child of group) repeated.add(child);
    return repeated;
  };

  // Of very many alike: those in view, those that the goal speaks of, the first and the last.
  const visitSome = (children, repeated, out, context) => {
    const sample = children.find((child) => repeated.has(child));
    const weight = Math.max(1, Element.prototype.getElementsByTagName.call(sample, '*').length);
    const quota = Math.max(24, Math.floor(maxNodes / weight / 3));
    const whole = textContentOf(parentNodeOf(sample));
    const { chosen, isThere } = chooseSome(children, repeated, { quota, isInView: (rect) => inView(place(rect)), words: wordsIn(whole, words) });
    let run = [];
    const some = [];
    const end = () => {
      if (run.length > 0) some.push(omit(run));
      run = [];
    };
    children.forEach((child, index) => {
      if (chosen.has(index)) { end(); visit(child, some, context, repeated.has(child)); }
      else if (isThere(child)) run.push(child);
    });
    end();
    // Which ones were chosen hangs on the scrolling; the fingerprint must not.
    for (const tree of some) tree.counted = true;
    digests.push(whole);
    out.push(...some);
    cut = true;
  };
  const omit = (nodes) => {
    flush();
    const id = `e${nextId}`;
    nextId += 1;
    omissions.set(id, nodes);
    const named = nodes.some((node) => isElement(node)) ? nodes.filter((node) => isElement(node)).length : nodes.length;
    return { node: { role: 'omitted', id, omitted: named }, children: [], seen: false, dom: nodes[0] };
  };

  const isTooMuch = () => {
    if (visited < asked) return false;
    const enough = visited > 200000 || performance.now() - started > (whole ? 12000 : 6000);
    if (enough) cut = true; else asked = visited + 500;
    return enough;
  };

  const visit = (node, out, context, repeated) => {
    const type = nodeTypeOf(node);
    if (type === 3) {
      if (context.visible) addText(node, out, context);
      return;
    }
    if (type !== 1) return;
    visited += 1;
    if (isTooMuch()) return;
    const element = node;
    const tag = tagOf(element);
    if (whole) {
      const datum = datumOf(element, tag);
      if (datum) out.push({ node: datum, children: [], seen: false, dom: element });
    }
    if (SKIPPED.has(tag)) return;
    if (tag === 'br') { flush(); return; }
    const style = getComputedStyle(element);
    if (style.display === 'none') {
      if (tag === 'input' && typeOf(element) === 'file') addHidden(element, out, context);
      return;
    }
    if (style.opacity === '0' && !(tag === 'input' && HIDDEN_CONTROL.has(typeOf(element))) && !isVeil(element, tag, rectOf(element))) {
      if (!queryAll(element, 'input[type=file]').length) return;
      for (const input of queryAll(element, 'input[type=file]')) addHidden(input, out, context);
      return;
    }
    const rect = rectOf(element);
    if (hosts.length < MAX_HOSTS && mayHide(element, tag, rect)) hosts.push(element);
    const contents = style.display === 'contents';
    const clip = style.position === 'fixed' ? null : style.position === 'absolute' ? context.positioned : context.clip;
    if (!contents && !isSeen(element, tag, rect, style, clip)) return;
    if (modal && modal !== element && (has(element, 'inert') || attribute(element, 'aria-hidden') === 'true')
      && !insideOf(element, modal)) return;
    if (attribute(element, 'aria-hidden') === 'true' && (tag === 'i' || tag === 'svg' || /icon|symbol|awesome/i.test(style.fontFamily))) return;
    enter(element, tag, style, rect, clip, out, context, repeated);
  };

  const isSeen = (element, tag, rect, style, clip) => {
    if (tag === 'input' && HIDDEN_CONTROL.has(typeOf(element))) return true;
    if (isClippedAway(rect, style)) return false;
    const hides = (axis) => axis === 'hidden' || axis === 'clip';
    if ((rect.height === 0 && hides(style.overflowY)) || (rect.width === 0 && hides(style.overflowX))) return false;
    if (!clip || (rect.width === 0 && rect.height === 0)) return true;
    return rect.right > clip.left && rect.left < clip.right && rect.bottom > clip.top && rect.top < clip.bottom;
  };

  // Words without a size, or where nobody can scroll to, are for machines only. Controls are told
  // all the same: what stands for them may be elsewhere.
  const isLegible = (style, rect) => Number.parseFloat(style.fontSize) >= 1
    && (rect.width === 0 || (rect.right + window.scrollX > 0 && rect.bottom + window.scrollY > 0));

  // A file input may stay hidden for ever and is still the way to give a file.
  const addHidden = (element, out, context) => {
    if (emitted.has(element)) return;
    emitted.add(element);
    const tree = addElement(element, roleOf(element), { width: 0, height: 0 }, out, context, { interactive: true });
    if (!tree.node.name && !tree.node.label) {
      const label = nearbyLabel(element);
      if (label) tree.node.label = clean(label, 200);
    }
  };

  const enter = (element, tag, style, rect, clip, out, context, repeated) => {
    const inline = style.display.startsWith('inline') || style.display === 'contents';
    const visible = style.visibility === 'visible';
    let inner = clip;
    if (style.overflowX === 'hidden' || style.overflowX === 'clip' || style.overflowY === 'hidden' || style.overflowY === 'clip') {
      if (tag !== 'html' && tag !== 'body' && !inline) inner = intersect(clip, rect, style);
    }
    const role = roleOf(element);
    const interactive = visible && isInteractive(element, role, style, context);
    const below = {
      visible: visible && isLegible(style, rect), clip: inner, positioned: style.position === 'static' && style.transform === 'none' ? context.positioned : inner,
      holder: context.holder, interactive: context.interactive || interactive, pointer: style.cursor === 'pointer', scrolls: false,
      seen: style.display === 'contents' ? context.seen : inView(place(rect)),
    };
    if (!inline) flush();
    if (tag === 'svg' && visible && !context.interactive && enterDrawing(element, role, rect, out, below, interactive)) return;
    if (tag === 'label') enterLabel(element, rect, out, context);
    if (emitted.has(element)) return;
    if (tag === 'input' && HIDDEN_CONTROL.has(typeOf(element))) {
      if (proxyOf(element)) return;
      if (rect.width <= 1 || rect.height <= 1) {
        if (typeOf(element) === 'file') addHidden(element, out, context);
        return;
      }
    }
    const keep = visible && (interactive || isStructure(element, tag, role, rect, context));
    if (tag === 'iframe' || tag === 'frame') {
      if (!visible || rect.width < 4 || rect.height < 4) return;
      const tree = addElement(element, 'frame', rect, out, context, { interactive: false });
      frames.push({ element, id: tree.node.id });
    } else if (keep) {
      const tree = addElement(element, role, rect, out, context, { interactive });
      below.holder = element;
      if (tag !== 'select' && tag !== 'textarea' && tag !== 'input' && tag !== 'img' && tag !== 'svg' && tag !== 'video' && tag !== 'audio') {
        visitChildren(element, tree.children, below);
      }
    } else if (whole && visible && tag !== 'svg' && tag !== 'canvas') {
      enterPart(element, tag, style, rect, out, below, context, repeated);
    } else if (repeated && visible) {
      const children = [];
      visitChildren(element, children, below);
      if (sizeOf(children) > 1) {
        const tree = addElement(element, 'generic', rect, out, context, { interactive: false });
        tree.children = children;
      } else out.push(...children);
      flush();
    } else if (!whole && visible && isIcon(element, tag, style, rect)) {
      const tree = addElement(element, 'img', rect, out, context, { interactive: false });
      tree.node.hint = iconHint(element);
    } else if (tag !== 'svg' && tag !== 'canvas') visitChildren(element, out, below);
    if (!inline || keep) flush();
  };

  // A drawing whose shapes are things of their own.
  const enterDrawing = (svg, role, rect, out, context, interactive) => {
    const shapes = shapesIn(svg, rect);
    if (shapes.length === 0) return false;
    const tree = addElement(svg, role, rect, out, context, { interactive });
    const size = sizesOf(shapes);
    const around = heardAround(svg);
    for (const shape of shapes) {
      const pointer = getComputedStyle(shape).cursor === 'pointer';
      const given = roleOf(shape);
      const extra = { interactive: around || pointer || hears(shape) || has(shape, 'tabindex') || tagOf(shape) === 'a' };
      const own = addElement(shape, given === 'generic' ? 'img' : given, rectOf(shape), tree.children, context, extra);
      describeShape(shape, own.node, size);
      const words = tagOf(shape) === 'text' || tagOf(shape) === 'g' || tagOf(shape) === 'a' ? squeeze(textContentOf(shape)) : '';
      if (words) own.children.push({ node: { role: 'text', text: clean(words, 2000) }, children: [], seen: own.seen, dom: shape });
    }
    flush();
    return true;
  };

  // For a reading, boxes that hold several things or come again are kept, and what an element says
  // of one text is kept beside the text.
  const enterPart = (element, tag, style, rect, out, below, context, repeated) => {
    const boxed = style.display !== 'contents' && (!style.display.startsWith('inline')
      || (style.display !== 'inline' && (firstElementOf(element) ? nextElementOf(firstElementOf(element)) : null) !== null));
    if (boxed) flush();
    const box = boxed ? [] : out;
    const open = !boxed && glue && glue.out === out ? glue.tree : null;
    const from = open ? open.node.text.length : 0;
    const before = box.length;
    visitChildren(element, box, below);
    const grown = open !== null && open.node.text.length > from;
    const added = box.length - before;
    if (added === 0 && grown) mark(open, open.node.text.slice(from), element, tag);
    else if (added === 0) addPicture(element, tag, rect, out, context);
    else if (!boxed) {
      if (added === 1 && !grown && box[before].node.role === 'text') mark(box[before], box[before].node.text, element, tag);
    } else if (added > 1 || repeated || tag === 'p') {
      const tree = addElement(element, tag === 'p' ? 'paragraph' : 'generic', rect, out, context, { interactive: false });
      tree.children = box;
    } else {
      const only = box[0];
      if (only.node.role === 'text') mark(only, only.node.text, element, tag);
      else {
        const hint = hintOf(element);
        if (hint) only.node.hint = only.node.hint ? `${only.node.hint} ${hint}` : hint;
      }
      out.push(only);
    }
    if (boxed) flush();
  };
  // An icon or a row of stars that has a name and no words.
  const addPicture = (element, tag, rect, out, context) => {
    if (rect.width < 4 || rect.height < 4) return;
    const name = meantBy(element, tag);
    if (!name) return;
    const tree = addElement(element, 'img', rect, out, context, { interactive: false });
    if (!tree.node.name) tree.node.name = name;
  };
  const sizeOf = (children) => children.reduce((sum, child) => sum + 1 + sizeOf(child.children), 0);

  // The label stands in for a native control that is hidden behind it.
  const enterLabel = (label, rect, out, context) => {
    const control = controlOf(label);
    if (!control || emitted.has(control) || proxyOf(control) !== label) return;
    emitted.add(control);
    addElement(control, roleOf(control), rect, out, context, { interactive: true });
  };

  const isStructure = (element, tag, role, rect, context) => {
    if (role === 'img') {
      if (context.interactive && tag === 'svg') return false;
      return (tag === 'svg' ? graphicName(element) !== '' || has(element, 'aria-label')
        : (attribute(element, 'alt') ?? '') !== '' || has(element, 'aria-label') || (rect.width >= 24 && rect.height >= 24 && tag === 'img'
          && attribute(element, 'alt') === null));
    }
    if (role === 'row' || role === 'list' || role === 'table') return true;
    return STRUCTURE.has(role);
  };

  const intersect = (clip, rect, style) => {
    const open = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
    const base = clip ?? open;
    const cutsX = style.overflowX === 'hidden' || style.overflowX === 'clip';
    const cutsY = style.overflowY === 'hidden' || style.overflowY === 'clip';
    return {
      left: cutsX ? Math.max(base.left, rect.left) : base.left,
      right: cutsX ? Math.min(base.right, rect.right) : base.right,
      top: cutsY ? Math.max(base.top, rect.top) : base.top,
      bottom: cutsY ? Math.min(base.bottom, rect.bottom) : base.bottom,
    };
  };

  return {
    visit, visitChildren, omit, wanted, flush, frames, digests, hosts, place,
    wasCut: () => cut,
    top: { holder: topElement(), visible: true, clip: null, positioned: null, interactive: false, pointer: false, scrolls: false, seen: true },
  };
};
