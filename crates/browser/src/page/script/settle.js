// Whether the page has come to rest. The observer is armed before an action, so that the first
// look afterwards knows what changed meanwhile.
const motion = { file: false, at: 0, count: 0, structural: 0, observer: null, roots: new WeakSet(), animated: new WeakMap() };
const noticed = (records) => {
  const now = performance.now();
  for (const record of records) {
    motion.count += 1;
    if (record.type === 'attributes' && (record.attributeName === 'style' || record.attributeName === 'class')) {
      // A spinner that is moved by script never rests; after a while its moves no longer count.
      const moves = (motion.animated.get(record.target) ?? 0) + 1;
      motion.animated.set(record.target, moves);
      if (moves > 12) continue;
    }
    motion.at = now;
    motion.structural += 1;
  }
};
// A link to another program (mail, calls) has the system put up a window that nobody sees and that
// takes all further clicks; nobody could use that program either.
const PAGES = new Set(['http:', 'https:', 'javascript:', 'data:', 'blob:', 'about:', 'file:']);
const protocolOf = getter(HTMLAnchorElement.prototype, 'protocol');
const stayHere = (event) => {
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement && has(node, 'href'));
  if (link && !PAGES.has(protocolOf(link))) event.preventDefault();
  // What comes of such a link is asked for outside the page, where nothing tells of it until it comes.
  if (link && has(link, 'download')) setTimeout(() => { motion.file = !event.defaultPrevented; });
};
const arm = () => {
  window.addEventListener('click', stayHere);
  motion.observer ??= new MutationObserver(noticed);
  for (const root of [document, ...knownRoots]) {
    if (motion.roots.has(root)) continue;
    motion.roots.add(root);
    motion.observer.observe(root, {
      subtree: true, childList: true, characterData: true, attributes: true,
      attributeFilter: ['class', 'style', 'hidden', 'disabled', 'open', 'checked', 'selected', 'value', 'src',
        'aria-expanded', 'aria-hidden', 'aria-selected', 'aria-checked', 'aria-disabled', 'aria-busy'],
    });
  }
  if (motion.observer.takeRecords) noticed(motion.observer.takeRecords());
};

// Frames do not come in a page that is not drawn; then a timer stands in.
const frame = () => new Promise((resolve) => {
  const timer = setTimeout(() => resolve(), 60);
  requestAnimationFrame(() => { clearTimeout(timer); resolve(); });
});

commands.arm = () => {
  arm();
  motion.structural = 0;
  motion.count = 0;
  motion.animated = new WeakMap();
  return { url: location.href };
};

// Waits until two frames went by without a change, at most `limit` milliseconds.
commands.quiet = async ({ limit, target, grace = 0 }) => {
  arm();
  // Some answers come a moment late and nothing tells that they will.
  const hope = performance.now() + grace;
  while (motion.structural === 0 && performance.now() < hope) {
    await frame();
    noticed(motion.observer.takeRecords());
  }
  const until = performance.now() + limit;
  const element = target ? knownBy(target) : null;
  const box = () => {
    if (!element || !connected(element)) return '';
    const rect = rectOf(element);
    return `${rect.left},${rect.top},${rect.width},${rect.height}`;
  };
  let still = 0;
  let last = box();
  let seen = motion.structural;
  while (still < 2 && performance.now() < until) {
    await frame();
    noticed(motion.observer.takeRecords());
    const now = box();
    still = motion.structural === seen && now === last ? still + 1 : 0;
    seen = motion.structural;
    last = now;
  }
  const { file } = motion;
  motion.file = false;
  return { file, closing: window.closed, quiet: still >= 2, changes: motion.count, state: document.readyState, url: clean(location.href, 4000) };
};
