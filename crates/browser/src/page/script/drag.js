// Dragging: what is dragged and where it is let go, whether the page began a drag of its own, and
// what it came to.
const drags = { armed: false, began: false, refused: false };
const watchDrags = (event) => {
  drags.began = true;
  // The page's own listeners run after this one; a microtask is too early for those of bubbling.
  setTimeout(() => { drags.refused = event.defaultPrevented; });
};
const indexOf = (element) => {
  let index = 0;
  for (let before = previousElementOf(element); before; before = previousElementOf(before)) index += 1;
  return index;
};
// Where the element stands in the document and on the page, and what the page says around it.
const standing = (element) => {
  if (!element || !connected(element)) return 'gone';
  const parent = parentOf(element);
  const rect = rectOf(element);
  const state = stateOf(element);
  const place = [rect.left + window.scrollX, rect.top + window.scrollY, rect.width, rect.height].map(Math.round);
  return JSON.stringify([parent ? idOf(parent) : null, indexOf(element), place, state.value, state.checked]);
};
const words = () => {
  const roots = [topElement(), ...knownRoots].filter((root) => root && connected(root));
  const fields = Array.from(allIn(document, 'input, textarea, select')).slice(0, 2000);
  return `${roots.map((root) => textContentOf(root)).join(' ')} ${fields.map((field) => valueOf(field) ?? '').join('|')}`;
};
let stood = null;
commands.dragArm = ({ element: id }) => {
  if (!drags.armed) window.addEventListener('dragstart', watchDrags, true);
  drags.armed = true;
  drags.began = false;
  drags.refused = false;
  stood = { at: standing(elementOf(id)), words: words() };
  arm();
  return null;
};
commands.dragBegan = async () => {
  await frame();
  return { began: drags.began && !drags.refused };
};
// Whether anything is not as it was: the element's own place and value, or what stands on the page.
commands.dragMoved = ({ element: id }) => {
  const element = knownBy(id);
  return { moved: stood === null || standing(element) !== stood.at || words() !== stood.words };
};
// Whether both are children of one list, so that one takes the place of the other.
commands.siblings = ({ element: id, other }) => {
  const one = elementOf(id);
  const two = elementOf(other);
  return { siblings: one !== two && parentOf(one) !== null && parentOf(one) === parentOf(two) };
};
// The box of an element in the viewport of its frame, brought into view where none of it is.
commands.boxOf = async ({ element: id, reveal }) => {
  const element = elementOf(id);
  const inside = (rect) => {
    const x = (rect.left + rect.right) / 2;
    const y = (rect.top + rect.bottom) / 2;
    return x >= 0 && y >= 0 && x < window.innerWidth && y < window.innerHeight;
  };
  if (reveal && !inside(visibleBox(element))) {
    Element.prototype.scrollIntoView.call(element, { block: 'nearest', inline: 'nearest', behavior: 'instant' });
    if (!inside(visibleBox(element))) {
      Element.prototype.scrollIntoView.call(element, { block: 'center', inline: 'nearest', behavior: 'instant' });
    }
    await frame();
  }
  const rect = visibleBox(element);
  return { x: rect.left, y: rect.top, width: rect.width, height: rect.height, inside: inside(rect) };
};
