// Which of very many alike are looked at: those in view, those that the goal speaks of, the first and
// the last.
const elementsOf = (root, tag) =>
  (root === document ? Document.prototype : Element.prototype).getElementsByTagName.call(root, tag);
const STRIDE = 16;
const MATCHING = 40;
const wordsIn = (text, words) => {
  const lower = text.toLowerCase();
  return words.filter((word) => lower.includes(word));
};

// Where they stand is asked of some of them, and of the others only near those in view.
const inViewOf = (list, isInView) => {
  const boxes = [];
  for (let at = 0; at < list.length; at += STRIDE) boxes.push(rectOf(list[at]));
  const last = list.length > 0 ? rectOf(list[list.length - 1]) : null;
  const found = [];
  boxes.forEach((box, nth) => {
    const next = boxes[nth + 1] ?? last;
    // What is not shown stands nowhere, and says nothing of the others.
    const around = box.height > 0 && next.height > 0 && {
      left: Math.min(box.left, next.left), top: Math.min(box.top, next.top),
      width: Math.max(box.right, next.right) - Math.min(box.left, next.left),
      height: Math.max(box.bottom, next.bottom) - Math.min(box.top, next.top),
    };
    if (around && !isInView(around)) return;
    for (const one of list.slice(nth * STRIDE, (nth + 1) * STRIDE)) {
      const rect = rectOf(one);
      if (rect.height > 0 && isInView(rect)) found.push(one);
    }
  });
  return found;
};

const chooseSome = (children, repeated, { quota, isInView, words }) => {
  const chosen = new Set();
  const alike = [];
  children.forEach((child, index) => {
    if (repeated.has(child)) alike.push(index); else chosen.add(index);
  });
  const seen = new Set(inViewOf(alike.map((index) => children[index]), isInView));
  const matching = [];
  let best = 0;
  for (const index of alike) {
    const child = children[index];
    if (seen.has(child) && chosen.size < quota * 2) { chosen.add(index); continue; }
    // Enough that say all that any can say.
    if (words.length === 0 || best >= MATCHING) continue;
    const text = textContentOf(child).toLowerCase();
    let score = 0;
    for (const word of words) if (text.includes(word)) score += 1;
    if (score > 0) matching.push([score, index]);
    if (score === words.length) best += 1;
  }
  matching.sort((one, other) => other[0] - one[0] || one[1] - other[1]);
  for (const [, index] of matching.slice(0, MATCHING)) chosen.add(index);
  chosen.add(children.length - 1);
  for (let index = 0; index < children.length && index < quota; index += 1) chosen.add(index);
  const isAlike = new Set(alike.map((index) => children[index]));
  return { chosen, isThere: (child) => isAlike.has(child) && checkVisibility.call(child) };
};
