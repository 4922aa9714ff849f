// Everything the other scripts stand on. All of them run in an isolated world: the page's own
// overrides of functions and prototypes do not reach it. What does reach it are named elements
// (a form control called "id" shadows `form.id`, an image called "body" shadows
// `document.body`), so properties are read through the prototypes' own getters.
const getter = (prototype, name) => {
  const get = Object.getOwnPropertyDescriptor(prototype, name).get;
  return (node) => get.call(node);
};
const method = (prototype, name) => {
  const body = prototype[name];
  return (node, ...rest) => body.apply(node, rest);
};

const firstChildOf = getter(Node.prototype, 'firstChild');
const nextSiblingOf = getter(Node.prototype, 'nextSibling');
const parentNodeOf = getter(Node.prototype, 'parentNode');
const nodeTypeOf = getter(Node.prototype, 'nodeType');
const connected = getter(Node.prototype, 'isConnected');
const textContentOf = getter(Node.prototype, 'textContent');
const dataOf = getter(CharacterData.prototype, 'data');
const rootOf = method(Node.prototype, 'getRootNode');
const containsNode = method(Node.prototype, 'contains');
const tagOf = getter(Element.prototype, 'localName');
const openRootOf = getter(Element.prototype, 'shadowRoot');
const firstElementOf = getter(Element.prototype, 'firstElementChild');
const nextElementOf = getter(Element.prototype, 'nextElementSibling');
const previousElementOf = getter(Element.prototype, 'previousElementSibling');
const assignedSlotOf = getter(Element.prototype, 'assignedSlot');
const getAttribute = Element.prototype.getAttribute;
const hasAttribute = Element.prototype.hasAttribute;
const getRect = Element.prototype.getBoundingClientRect;
const checkVisibility = Element.prototype.checkVisibility;
const closestOf = method(Element.prototype, 'closest');
const matchesOf = method(Element.prototype, 'matches');
const queryAll = method(Element.prototype, 'querySelectorAll');
const assignedNodesOf = method(HTMLSlotElement.prototype, 'assignedNodes');
const activeIn = (root) =>
  root === document
    ? Object.getOwnPropertyDescriptor(Document.prototype, 'activeElement').get.call(document)
    : root.activeElement;
const topElement = () =>
  Object.getOwnPropertyDescriptor(Document.prototype, 'documentElement').get.call(document);
const pointIn = (root, x, y) =>
  root === document
    ? Document.prototype.elementFromPoint.call(document, x, y)
    : root.elementFromPoint(x, y);
const titleOf = getter(Document.prototype, 'title');
const allIn = (root, selector) =>
  root === document ? Document.prototype.querySelectorAll.call(document, selector) : root.querySelectorAll(selector);
const byId = (root, id) =>
  root === document
    ? Document.prototype.getElementById.call(document, id)
    : typeof root.getElementById === 'function' ? root.getElementById(id) : null;

const attribute = (element, name) => getAttribute.call(element, name);
const has = (element, name) => hasAttribute.call(element, name);
const rectOf = (element) => getRect.call(element);
const isElement = (node) => node !== null && nodeTypeOf(node) === 1;

// Strings leave as well-formed Unicode without NUL, squeezed and bounded.
const squeeze = (text) => text.replace(/\s+/g, ' ').trim();
const clean = (text, limit = 1000) => {
  let well = text.isWellFormed() ? text : text.toWellFormed();
  if (well.includes('\0')) well = well.replace(/\0/g, '\ufffd');
  if (well.length <= limit) return well;
  return `${well.slice(0, limit - 1).toWellFormed().replace(/\ufffd$/, '')}…`;
};

// Closed shadow roots cannot be found from inside; they are handed in by `adopt`.
const closedRoots = new WeakMap();
const shadowOf = (element) => openRootOf(element) ?? closedRoots.get(element) ?? null;
const knownRoots = new Set();

// The element's parent in the flat tree: through slots and shadow hosts.
const parentOf = (node) => {
  const parent = parentNodeOf(node);
  if (parent === null) return null;
  if (nodeTypeOf(parent) === 11) return parent.host ?? null;
  if (nodeTypeOf(parent) !== 1) return null;
  if (isElement(node)) {
    const slot = assignedSlotOf(node);
    if (slot) return slot;
  }
  return parent;
};

// The children of a node in the flat tree.
const childrenOf = (element) => {
  const root = shadowOf(element);
  if (root) knownRoots.add(root);
  if (!root && tagOf(element) === 'slot') {
    const assigned = assignedNodesOf(element, { flatten: true });
    if (assigned.length > 0) return assigned;
  }
  const children = [];
  for (let child = firstChildOf(root ?? element); child; child = nextSiblingOf(child)) {
    children.push(child);
  }
  return children;
};

const insideOf = (outer, inner) => {
  for (let at = inner; at; at = parentOf(at)) if (at === outer) return true;
  return false;
};

// Ids live here and nowhere in the page. The map holds elements strongly, because an isolated
// world's wrapper may be collected while the element lives; elements that left are let go.
const ids = new WeakMap();
const elements = new Map();
let nextId = 1;
const numberOf = (element) => {
  let id = ids.get(element);
  if (id === undefined) {
    id = nextId;
    nextId += 1;
    ids.set(element, id);
  }
  elements.set(id, element);
  return id;
};
const idOf = (element) => `e${numberOf(element)}`;
const forget = () => {
  for (const [id, element] of elements) {
    if (nodeTypeOf(element) === 1 && !connected(element)) elements.delete(id);
  }
};
// What `omitted` nodes stand for: lists of DOM nodes by id.
const omissions = new Map();

class Failure extends Error {
  constructor(kind, detail = {}) {
    super(kind);
    this.detail = { kind, ...detail };
  }
}
// `e17.2.1` is the first element in the second one in `e17`: rows of tables have no ids for each of
// their cells.
const knownBy = (id) => {
  const [base, ...path] = id.slice(1).split('.');
  let element = elements.get(Number(base)) ?? null;
  for (const nth of path) {
    let child = element && firstElementOf(element);
    for (let at = 1; child && at < Number(nth); at += 1) child = nextElementOf(child);
    element = child;
  }
  return element ?? undefined;
};
const elementOf = (id) => {
  const element = knownBy(id);
  if (!element || !connected(element)) throw new Failure('stale');
  return element;
};

// Commands by name; each takes one JSON value and returns one.
const commands = Object.create(null);
