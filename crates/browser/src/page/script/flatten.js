// From the walk's tree to the list that leaves the page.
const weigh = (tree, wanted) => {
  let size = 1;
  let seen = tree.seen === true;
  let score = tree.node.role === 'text' ? wanted(tree.node.text) : wanted(tree.node.name ?? '');
  for (const child of tree.children) {
    weigh(child, wanted);
    size += child.size;
    seen = seen || child.anySeen;
    score += child.score;
  }
  tree.size = size;
  tree.anySeen = seen;
  tree.score = score;
};

// Keeps at most `budget` nodes: what is in view first, then what the goal speaks of, then the
// order of reading. What is left out leaves a mark that can be asked for.
const fit = (children, budget, omit) => {
  const total = children.reduce((sum, child) => sum + child.size, 0);
  if (total <= budget) return { kept: children, used: total, cut: false };
  const order = children.map((child, index) => ({ child, index }));
  order.sort((one, other) => Number(other.child.anySeen) - Number(one.child.anySeen)
    || other.child.score - one.child.score || one.index - other.index);
  const keep = new Map();
  let left = budget;
  for (const { child, index } of order) {
    if (left <= 1) break;
    if (child.size < left) {
      keep.set(index, child);
      left -= child.size;
    } else if (child.children.length > 0 && (child.anySeen || child.score > 0 || keep.size === 0)) {
      const inner = fit(child.children, left - 2, omit);
      keep.set(index, { ...child, children: inner.kept });
      left -= inner.used + 1;
    }
  }
  const kept = [];
  let run = [];
  const end = () => {
    if (run.length > 0) kept.push(omit(run));
    run = [];
  };
  children.forEach((child, index) => {
    const chosen = keep.get(index);
    if (chosen) { end(); kept.push(chosen); } else if (child.node.role === 'omitted') {
      run.push(...(omissions.get(child.node.id) ?? []));
    } else run.push(child.dom);
  });
  end();
  return { kept, used: budget - left, cut: true };
};

const flatten = (trees) => {
  const nodes = [];
  const moulds = [];
  const add = (tree, parent) => {
    const index = nodes.length;
    if (parent !== null) tree.node.parent = parent;
    nodes.push(tree.node);
    if (tree.rows) moulds.push({ at: index, ...tree.mould, rows: tree.rows });
    for (const child of tree.children) add(child, index);
  };
  for (const tree of trees) add(tree, null);
  return { nodes, moulds };
};

// Covered, for what can be clicked and is in view: something else lies over its middle.
const hitAt = (x, y) => {
  let root = document;
  let hit = pointIn(root, x, y);
  while (hit) {
    const inner = shadowOf(hit);
    if (!inner || inner === root) break;
    const next = pointIn(inner, x, y);
    if (!next || next === hit) break;
    root = inner;
    hit = next;
  }
  return hit;
};
const covers = (element, hit) => {
  if (!hit || insideOf(element, hit) || insideOf(hit, element)) return false;
  for (const label of labelsOf(element)) if (insideOf(label, hit)) return false;
  const label = closestOf(hit, 'label');
  return !(label && controlOf(label) === element);
};
const middleOf = (element) => {
  const rect = rectOf(proxyOf(element) ?? element);
  const left = Math.max(rect.left, 0);
  const right = Math.min(rect.right, window.innerWidth);
  const top = Math.max(rect.top, 0);
  const bottom = Math.min(rect.bottom, window.innerHeight);
  return right > left && bottom > top ? [(left + right) / 2, (top + bottom) / 2] : null;
};
const markCovered = (trees) => {
  let checks = 400;
  const mark = (tree) => {
    if (checks > 0 && tree.node.interactive && tree.node.in_view) {
      checks -= 1;
      const middle = middleOf(tree.dom);
      if (middle && covers(tree.dom, hitAt(...middle))) tree.node.covered = true;
    }
    tree.children.forEach(mark);
  };
  trees.forEach(mark);
};

// A hash of structure and text; what was left out of a long list counts by its text.
const fingerprintOf = (trees, digests) => {
  let one = 0x811c9dc5;
  let two = 0x1b873593;
  const feed = (text) => {
    for (let at = 0; at < text.length; at += 2) {
      const code = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
      one = Math.imul(one ^ code, 0x01000193);
      two = Math.imul(two + code, 0x85ebca6b) ^ (two >>> 13);
    }
  };
  const visit = ({ node, children, counted }) => {
    if (counted) return;
    feed(`${node.role}|${node.name ?? ''}|${node.text ?? ''}|${node.href ?? ''}|${node.disabled ?? ''}|${node.expanded ?? ''}|${node.selected ?? ''}\n`);
    children.forEach(visit);
    feed('<');
  };
  trees.forEach(visit);
  digests.forEach(feed);
  return ((one >>> 0) * 0x100000 + ((two >>> 0) & 0xfffff)).toString(16);
};

const focused = () => {
  let at = activeIn(document);
  while (at) {
    const root = shadowOf(at);
    const inner = root && activeIn(root);
    if (!inner) break;
    at = inner;
  }
  if (!at || tagOf(at) === 'body' || tagOf(at) === 'html') return null;
  return idOf(at);
};

commands.walk = (input) => {
  forget();
  omissions.clear();
  const walk = walker(input);
  const trees = [];
  const root = topElement();
  if (root) walk.visit(root, trees, walk.top, false);
  return finish(walk, trees, input);
};

commands.read = (input) => {
  const walk = walker({ ...input, whole: true });
  const trees = [];
  const nodes = omissions.get(input.region) ?? [elementOf(input.region)];
  for (const node of nodes) if (connected(node)) walk.visit(node, trees, walk.top, true);
  return finish(walk, trees, { ...input, maxNodes: Infinity });
};

const finish = (walk, trees, input) => {
  const bounded = Number.isFinite(input.maxNodes);
  if (bounded) trees.forEach((tree) => weigh(tree, walk.wanted));
  // A reading is not compared with another.
  const fingerprint = input.whole ? '' : fingerprintOf(trees, walk.digests);
  const fitted = bounded ? fit(trees, input.maxNodes, walk.omit) : { kept: trees, cut: false };
  markCovered(fitted.kept);
  if (!input.whole) placeTexts(fitted.kept, walk.place);
  candidates = walk.hosts;
  framesFound = walk.frames.map((frame) => frame.element);
  const told = input.whole ? { language: languageOf(), data: dataOfPage() } : {};
  return {
    ...told, ...flatten(fitted.kept), frames: walk.frames.map(({ id, element }) => ({ id, ...frameBoxOf(element) })), focus: focused(),
    url: clean(location.href, 4000), title: clean(squeeze(titleOf(document)), 500), fingerprint,
    truncated: walk.wasCut() || fitted.cut, candidates: candidates.length,
    roots: rootsOf().length,
  };
};
commands.html = ({ limit }) => {
  const kind = document.doctype ? `<!DOCTYPE ${document.doctype.name}>` : '';
  const text = kind + (topElement()?.outerHTML ?? '');
  return text.length > limit ? null : clean(text, limit);
};
// The shadow roots that were walked, are still there, and whose listeners are worth asking for: a
// listener may be added late, but nobody is asked for ever.
const heard = new WeakMap();
const rootsOf = () => {
  const found = [];
  for (const root of knownRoots) {
    if (!connected(root)) knownRoots.delete(root);
    else if (found.length < 200 && (heard.get(root) ?? 0) < 3) found.push(root);
  }
  return found;
};
commands.roots = () => {
  const found = rootsOf();
  for (const root of found) heard.set(root, (heard.get(root) ?? 0) + 1);
  return found;
};
let framesFound = [];
commands.frames = () => framesFound;

// Hosts that may have a closed shadow root: custom elements, and boxes that show something although
// nothing of theirs is there to be shown.
const HOSTS = new Set(['article', 'aside', 'blockquote', 'body', 'div', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6',
  'header', 'main', 'nav', 'p', 'section', 'span']);
const MAX_HOSTS = 300;
let candidates = [];
const probes = new WeakMap();
const mayHide = (element, tag, rect) => {
  const custom = tag.includes('-');
  if ((!custom && !HOSTS.has(tag)) || shadowOf(element)) return false;
  if (!custom && (rect.width < 4 || rect.height < 4 || firstChildOf(element))) return false;
  // A root may be attached late, but nobody is asked for ever.
  return (probes.get(element) ?? 0) < 3;
};
commands.candidates = () => {
  for (const element of candidates) probes.set(element, (probes.get(element) ?? 0) + 1);
  return candidates;
};
commands.adopt = (input, ...roots) => {
  input.hosts.forEach((index, at) => {
    const host = candidates[index];
    if (host && roots[at]) closedRoots.set(host, roots[at]);
  });
  return null;
};
