// Shapes in a drawing. Nothing in them is an element of a form, and still they are clicked; where
// they have no name, what they look like is what people call them by.
const SHAPES = 'circle, ellipse, rect, line, polyline, polygon, path, text, image, use, [role], [tabindex]';
const MAX_SHAPES = 300;
// Smaller drawings are icons.
const MIN_DRAWING = 40;

const HUES = [[15, 'red'], [42, 'orange'], [66, 'yellow'], [165, 'green'], [195, 'cyan'], [255, 'blue'], [290, 'purple'], [335, 'magenta'], [360, 'red']];
const colourWord = (text) => {
  const parts = /rgba?\(([\d.]+)[, ]+([\d.]+)[, ]+([\d.]+)(?:[,/ ]+([\d.]+%?))?\)/.exec(text);
  if (!parts || (parts[4] !== undefined && Number.parseFloat(parts[4]) === 0)) return null;
  const [red, green, blue] = [1, 2, 3].map((index) => Number(parts[index]) / 255);
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  const light = (most + least) / 2;
  const spread = most - least;
  if (light > 0.94) return 'white';
  if (light < 0.07) return 'black';
  if (spread < 0.12) return light < 0.2 ? 'black' : light > 0.85 ? 'white' : 'grey';
  let hue = most === red ? ((green - blue) / spread) % 6 : most === green ? (blue - red) / spread + 2 : (red - green) / spread + 4;
  hue = (hue * 60 + 360) % 360;
  if (light < 0.35 && hue >= 15 && hue < 45) return 'brown';
  if (light > 0.7 && (hue >= 320 || hue < 15)) return 'pink';
  return HUES.find(([limit]) => hue < limit)[1];
};
const paintOf = (element) => {
  const style = getComputedStyle(element);
  return colourWord(style.fill) ?? colourWord(style.stroke);
};
const kindOf = (element) => {
  const tag = tagOf(element);
  switch (tag) {
    case 'rect': {
      const rect = rectOf(element);
      return Math.abs(rect.width - rect.height) <= Math.max(rect.width, rect.height) * 0.08 ? 'square' : 'rectangle';
    }
    case 'polygon': {
      const count = element.points?.numberOfItems ?? 0;
      return { 3: 'triangle', 4: 'quadrilateral', 5: 'pentagon', 6: 'hexagon', 8: 'octagon', 10: 'star' }[count] ?? 'polygon';
    }
    case 'polyline': return 'line';
    case 'path': case 'use': case 'g': return 'shape';
    default: return tag;
  }
};
// Small and large are said of shapes that fall apart into two sizes: those of one kind, else all.
const halves = (lengths) => {
  const sorted = [...lengths].sort((one, other) => one - other);
  let split = null;
  for (let at = 1; at < sorted.length; at += 1) {
    const ratio = sorted[at] / Math.max(sorted[at - 1], 1);
    if (split === null || ratio > split.ratio) split = { ratio, below: sorted[at - 1], above: sorted[at] };
  }
  if (split === null || split.ratio < 1.3) return null;
  const spread = Math.max(split.below / Math.max(sorted[0], 1), sorted[sorted.length - 1] / split.above);
  return spread < split.ratio ? split : null;
};
const sizesOf = (shapes) => {
  const length = (shape) => {
    if (tagOf(shape) === 'text') return Number.parseFloat(getComputedStyle(shape).fontSize) || 0;
    const rect = rectOf(shape);
    return Math.max(rect.width, rect.height);
  };
  const lengths = new Map(shapes.map((shape) => [shape, length(shape)]));
  const whole = halves(lengths.values());
  const kinds = new Map();
  for (const shape of shapes) {
    const kind = kindOf(shape);
    if (!kinds.has(kind)) kinds.set(kind, halves(shapes.filter((other) => kindOf(other) === kind).map((other) => lengths.get(other))));
  }
  return (shape) => {
    const split = kinds.get(kindOf(shape)) ?? whole;
    return split === null ? '' : lengths.get(shape) <= split.below ? 'small' : 'large';
  };
};
const hears = (element) => listening.has(element) || has(element, 'onclick');

// The shapes of a drawing, if it is one.
const shapesIn = (svg, rect) => {
  const all = Array.from(queryAll(svg, SHAPES)).filter((shape) => {
    if (closestOf(shape, 'defs, clipPath, mask, pattern, marker, symbol')) return false;
    const box = rectOf(shape);
    return isShown(shape) && (box.width > 0 || box.height > 0);
  });
  // What lies in a shape that is named or heard as a whole is a part of it.
  const own = all.filter((shape) => {
    for (let at = parentOf(shape); at && at !== svg; at = parentOf(at)) {
      if (hears(at) || has(at, 'role') || has(at, 'tabindex') || tagOf(at) === 'text') return false;
    }
    return true;
  });
  const groups = Array.from(queryAll(svg, 'g, a')).filter((group) => (hears(group) || tagOf(group) === 'a') && !own.includes(group) && isShown(group));
  const shapes = [...own, ...groups];
  const heard = shapes.some((shape) => hears(shape));
  if (!heard && (rect.width < MIN_DRAWING || rect.height < MIN_DRAWING)) return [];
  return shapes.length > MAX_SHAPES ? shapes.filter((shape) => hears(shape) || tagOf(shape) === 'text').slice(0, MAX_SHAPES) : shapes;
};
// Whether clicks on what is drawn are heard by something around it.
const heardAround = (svg) => {
  for (let at = svg, hops = 0; at && hops < 4 && tagOf(at) !== 'body'; at = parentOf(at), hops += 1) if (hears(at)) return true;
  return false;
};
const describeShape = (shape, node, size) => {
  const words = tagOf(shape) === 'text' ? squeeze(textContentOf(shape)) : '';
  const looks = [paintOf(shape), words || kindOf(shape)].filter(Boolean).join(' ');
  if (!node.name) node.name = clean(squeeze(graphicName(shape)) || words || looks, 300);
  node.description = clean([size(shape), looks].filter(Boolean).join(' '), 300);
};
// Points on the shape itself: the middle of its box may lie beside it.
const pointsOn = (element) => {
  if (!(element instanceof SVGGeometryElement)) return [];
  const matrix = element.getScreenCTM();
  if (!matrix) return [];
  try {
    const length = element.getTotalLength();
    return [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => {
      const point = element.getPointAtLength(length * part).matrixTransform(matrix);
      return [point.x, point.y];
    });
  } catch { return []; }
};
