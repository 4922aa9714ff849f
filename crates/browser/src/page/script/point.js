// Places instead of elements: what lies at a point, whether it is what lay there when the page was
// last pictured, and what has the focus.
const MAX_PICTURED = 20000;
const scrollLeftOf = getter(Element.prototype, 'scrollLeft');
const scrollTopOf = getter(Element.prototype, 'scrollTop');
const viewNow = () => ({
  width: window.innerWidth, height: window.innerHeight, x: window.scrollX, y: window.scrollY, ratio: window.devicePixelRatio,
  left: window.visualViewport?.offsetLeft ?? 0, top: window.visualViewport?.offsetTop ?? 0, scale: window.visualViewport?.scale ?? 1,
});
const standsAt = (element) => {
  const rect = rectOf(element);
  return { left: rect.left, top: rect.top, width: rect.width, height: rect.height, x: scrollLeftOf(element), y: scrollTopOf(element) };
};
const shapeOf = (element, at) => [tagOf(element), ...[at.left, at.top, at.width, at.height].map(Math.round)].join();

// Where everything stood that could be seen or hit.
let pictured = null;
commands.picture = () => {
  const view = viewNow();
  const kept = { view, at: new WeakMap(), shapes: new Set(), whole: true };
  let looked = 0;
  for (const element of everywhere(document)) {
    looked += 1;
    if (looked > MAX_PICTURED) { kept.whole = false; break; }
    const at = standsAt(element);
    if (at.left >= view.width || at.top >= view.height || at.left + at.width <= 0 || at.top + at.height <= 0) continue;
    if (!checkVisibility.call(element, { visibilityProperty: true })) continue;
    at.shown = isShown(element);
    at.takes = getComputedStyle(element).pointerEvents !== 'none';
    kept.at.set(element, at);
    kept.shapes.add(shapeOf(element, at));
  }
  pictured = kept;
  return view;
};
// Whether what lies at a point now is what was pictured there. Scrolling, layers that came, lists
// that made room: the point was meant for something else then.
const isAsPictured = (element, x, y) => {
  if (!pictured) return true;
  const { view, at, shapes, whole } = pictured;
  const now = viewNow();
  if (Object.keys(view).some((key) => Math.abs(view[key] - now[key]) > (key === 'ratio' || key === 'scale' ? 0.01 : 1))) return false;
  // The root is hit wherever nothing is, also outside of its own box.
  if (element === topElement()) return true;
  const was = at.get(element);
  const is = standsAt(element);
  // What was drawn anew in the same place looks the same.
  if (!was) return !whole || shapes.has(shapeOf(element, is));
  if (!was.takes || (!was.shown && isShown(element))) return false;
  const far = Math.min(Math.max(4, Math.min(is.width, is.height) / 4), 24);
  const near = (one, two) => Math.abs(one - two) <= far;
  const corner = near(was.left, is.left) && near(was.top, is.top);
  const middle = near(was.left + was.width / 2, is.left + is.width / 2) && near(was.top + was.height / 2, is.top + is.height / 2);
  if (!corner && !middle) return false;
  // It may have grown over what lay there.
  const holds = (box, edge) => x >= box.left - edge && x <= box.left + box.width + edge && y >= box.top - edge && y <= box.top + box.height + edge;
  if (holds(is, 0) && !holds(was, 4)) return false;
  // A list may fill the same rows with other items as it is scrolled.
  for (let around = element; around; around = parentOf(around)) {
    const then = at.get(around);
    if (then && (Math.abs(then.x - scrollLeftOf(around)) > 1 || Math.abs(then.y - scrollTopOf(around)) > 1)) return false;
  }
  return true;
};

// The control that a point in it is meant for: what lies there may be its icon, a word, its label.
const aimedAt = (element) => {
  let pointer = null;
  for (let at = element, hops = 0; at && hops < 12; at = parentOf(at), hops += 1) {
    const tag = tagOf(at);
    if (tag === 'html' || tag === 'body') break;
    const control = at instanceof HTMLLabelElement ? controlOf(at) : null;
    if (control) return control;
    const style = getComputedStyle(at);
    // The shape of the pointer is inherited, so that it tells nothing of where a control begins.
    if (isInteractive(at, roleOf(at), style, { scrolls: false, pointer: true, interactive: false })) return at;
    if (style.cursor === 'pointer') pointer = at;
  }
  return pointer ?? element;
};
const FRAMES = new Set(['iframe', 'frame']);
const dropsDown = (element) => tagOf(element) === 'select' && !has(element, 'multiple') && !(Number(attribute(element, 'size')) > 1);
const metAs = (element) => {
  const role = roleOf(element);
  const src = FRAMES.has(tagOf(element)) ? attribute(element, 'src') ?? '' : '';
  return {
    id: idOf(element), name: clean(nameOf(element, role), 300), src: clean(src, 2000), drops_down: dropsDown(element), ...stateOf(element),
  };
};
const begin = () => {
  arm();
  motion.structural = 0;
  motion.count = 0;
  motion.animated = new WeakMap();
};
commands.lies = ({ x, y }) => {
  const hit = hitAt(x, y);
  if (!hit) return null;
  begin();
  const inside = FRAMES.has(tagOf(hit));
  return { ...metAs(inside ? hit : aimedAt(hit)), frame: inside ? frameBoxOf(hit) : null, still: isAsPictured(hit, x, y), words: wordsFor(hit) };
};
commands.focused = () => {
  let element = activeIn(document);
  for (;;) {
    const root = element && shadowOf(element);
    const inner = root ? activeIn(root) : null;
    if (!inner) break;
    element = inner;
  }
  const tag = element ? tagOf(element) : 'html';
  if ((tag === 'html' || tag === 'body') && !editableRoot(element ?? topElement()) && document.designMode !== 'on') return null;
  begin();
  return { ...metAs(element), frame: FRAMES.has(tag) ? frameBoxOf(element) : null, still: true, words: wordsFor(element) };
};

// What the wheel may turn at an element, and whether it did, once it has come to rest.
let turned = [];
commands.wheelArm = ({ element: id }) => {
  turned = [];
  const add = (one) => turned.push([one, scrollLeftOf(one), scrollTopOf(one)]);
  for (let at = elementOf(id); at; at = parentOf(at)) add(at);
  const page = document.scrollingElement;
  if (page && !turned.some(([one]) => one === page)) add(page);
  return null;
};
commands.wheelTurned = async ({ limit }) => {
  const now = () => turned.map(([one]) => `${scrollLeftOf(one)},${scrollTopOf(one)}`).join(';');
  const before = turned.map(([, left, top]) => `${left},${top}`).join(';');
  const until = performance.now() + limit;
  let last = now();
  // The wheel's event is answered before anything of it shows.
  const hope = performance.now() + 250;
  while (last === before && performance.now() < hope) {
    await frame();
    last = now();
  }
  for (let still = 0; still < 4 && performance.now() < until;) {
    await frame();
    const is = now();
    still = is === last ? still + 1 : 0;
    last = is;
  }
  return last !== before;
};
commands.viewNow = viewNow;
