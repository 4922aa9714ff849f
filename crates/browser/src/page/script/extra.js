// What a reading carries beside what a walk sees: how the page's author calls the parts of a text,
// the values that machines are meant to take, and what the page says of itself without showing it.
const EMPHASIS = new Set(['b', 'strong', 'em', 'time', 'data', 'abbr', 'label', 'dfn', 'th', 'code']);
const MARKS = 24;

const hintOf = (element) => {
  const names = ['itemprop', 'property', 'data-label', 'data-title', 'data-th', 'data-field', 'data-column', 'data-name']
    .map((name) => attribute(element, name)).filter(Boolean);
  const style = squeeze(attribute(element, 'class') ?? '').split(' ').slice(0, 4);
  return clean([...names.map((name) => squeeze(name).replace(/ /g, '_')), ...style, attribute(element, 'id') ?? '']
    .filter(Boolean).join(' '), 160);
};

// The value that stands for what is shown: `<time datetime>`, `<data value>`, `content` of
// microdata, the long form of an abbreviation, the label of a picture made of letters.
const meantBy = (element, tag) => {
  const plain = (name) => {
    const value = attribute(element, name);
    return value && value.trim() ? clean(squeeze(value), 300) : undefined;
  };
  if (tag === 'time' || tag === 'del' || tag === 'ins') return plain('datetime');
  if (tag === 'data') return plain('value');
  if (has(element, 'itemprop') && has(element, 'content')) return plain('content');
  return plain('aria-label') ?? plain('title');
};

const mark = (tree, text, element, tag) => {
  const said = squeeze(text);
  if (!said || said.length > 300) return;
  const hint = hintOf(element);
  const value = meantBy(element, tag);
  if (!hint && value === undefined && !EMPHASIS.has(tag)) return;
  const marks = tree.node.marks ?? [];
  if (marks.length >= MARKS) return;
  const made = { text: clean(said, 300), tag };
  if (hint) made.hint = hint;
  if (value !== undefined && value !== said) made.value = value;
  tree.node.marks = [...marks, made];
};

// Microdata that is not shown.
const datumOf = (element, tag) => {
  if ((tag !== 'meta' && tag !== 'link') || !has(element, 'itemprop')) return null;
  const value = attribute(element, tag === 'meta' ? 'content' : 'href');
  if (!value) return null;
  return { role: 'datum', tag, hint: clean(attribute(element, 'itemprop'), 160), value: clean(squeeze(value), 1000) };
};

const META = 80;
const JSON_BYTES = 256 * 1024;
const languageOf = () => {
  const top = topElement();
  return top ? clean(attribute(top, 'lang') ?? attribute(top, 'xml:lang') ?? '', 20) : '';
};
const dataOfPage = () => {
  const found = [];
  for (const element of Array.from(allIn(document, 'meta[content]')).slice(0, META * 2)) {
    const name = attribute(element, 'property') ?? attribute(element, 'name');
    const content = squeeze(attribute(element, 'content') ?? '');
    if (name && content && !has(element, 'itemprop') && found.length < META) {
      found.push({ kind: 'meta', name: clean(name, 100), content: clean(content, 1000) });
    }
  }
  let left = JSON_BYTES;
  for (const element of Array.from(allIn(document, 'script[type="application/ld+json"]')).slice(0, 20)) {
    const content = textContentOf(element);
    if (content.length > left) continue;
    left -= content.length;
    found.push({ kind: 'json', name: '', content: clean(content, JSON_BYTES) });
  }
  return found;
};
