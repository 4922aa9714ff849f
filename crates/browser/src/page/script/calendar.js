// Calendars that pages make up: months of numbered days in seven columns, under the name of the
// month, with something to press for the next one.
const languages = () => {
  const own = attribute(topElement(), 'lang');
  return [...new Set(['en', own, navigator.language].filter(Boolean))];
};
const monthNames = () => {
  const names = new Map();
  for (const language of languages()) {
    for (const style of ['long', 'short']) {
      let format;
      try { format = new Intl.DateTimeFormat(language, { month: style, timeZone: 'UTC' }); } catch { continue; }
      for (let month = 0; month < 12; month += 1) {
        const name = format.format(new Date(Date.UTC(2026, month, 1))).toLowerCase().replace(/\.$/, '');
        if (/\p{L}{3}/u.test(name)) names.set(name, month + 1);
      }
    }
  }
  names.set('sept', 9);
  return names;
};
const monthIn = (text, names) => {
  for (const word of text.toLowerCase().split(/[^\p{L}]+/u)) if (names.has(word)) return names.get(word);
  return null;
};
const yearIn = (text) => { const found = /(^|\D)((?:19|20|21)\d\d)(\D|$)/.exec(text); return found ? Number(found[2]) : null; };
const headingIn = (text, names) => {
  const year = yearIn(text);
  let month = monthIn(text, names);
  if (year !== null && month === null) {
    const numeric = /^\s*(\d{1,2})\s*[/.-]\s*\d{4}\s*$|^\s*\d{4}\s*[/.-]\s*(\d{1,2})\s*$/.exec(text);
    if (numeric) month = Number(numeric[1] ?? numeric[2]);
    if (month !== null && (month < 1 || month > 12)) month = null;
  }
  return { year, month };
};

// Runs of days from 1 to the end of a month that lie in seven columns.
const monthsShown = () => {
  const cells = [];
  for (const one of everywhere(document)) {
    if (cells.length > 2000) break;
    if (SKIPPED.has(tagOf(one)) || tagOf(one) === 'option') continue;
    const text = squeeze(ownText(one));
    if (!/^\d{1,2}$/.test(text) || Number(text) > 31 || !boxed(one)) continue;
    cells.push({ element: one, number: Number(text) });
  }
  const months = [];
  for (let start = 0; start < cells.length; start += 1) {
    if (cells[start].number !== 1) continue;
    const days = [cells[start]];
    let last = start;
    // The number of a week may stand between two days.
    for (let at = start + 1; at < cells.length && at - last <= 3; at += 1) {
      if (cells[at].number !== days.length + 1) continue;
      days.push(cells[at]);
      last = at;
      if (days.length === 31) break;
    }
    if (days.length < 28) continue;
    const columns = new Set(days.map(({ element }) => { const rect = rectOf(element); return Math.round((rect.left + rect.right) / 14); }));
    const rows = new Set(days.map(({ element }) => Math.round(rectOf(element).top / 4)));
    if (columns.size < 7 || columns.size > 16 || rows.size < 4) continue;
    months.push(days.map(({ element }) => element));
    start = last;
  }
  return months;
};
const commonOf = (nodes) => {
  let at = nodes[0];
  while (at && !nodes.every((node) => insideOf(at, node))) at = parentOf(at);
  return at;
};
// The heading over a month: the nearest words, or lists, that say month and year.
const headingOf = (days, names) => {
  const grid = commonOf(days);
  const own = new Set(days);
  const box = rectOf(days[0]);
  const area = { left: Math.min(...days.map((day) => rectOf(day).left)), right: Math.max(...days.map((day) => rectOf(day).right)), top: box.top };
  for (let at = grid, hops = 0; at && hops < 6; at = parentOf(at), hops += 1) {
    const found = { year: null, month: null, parts: [], lists: {}, place: at };
    for (const one of [at, ...queryAll(at, '*')]) {
      if (own.has(one) || !boxed(one)) continue;
      const tag = tagOf(one);
      const rect = rectOf(one);
      if (rect.top > area.top || rect.left >= area.right || rect.right <= area.left) continue;
      let text = '';
      if (tag === 'select') text = chosenLabels(one).join(' ');
      else if (tag === 'input') text = valueOf(one) ?? '';
      else if (tag !== 'option') text = ownText(one);
      text = squeeze(text);
      if (!text || text.length > 40) continue;
      const { year, month } = headingIn(text, names);
      if (tag === 'select') {
        const options = optionsIn(one).map((option) => optionLabel(option));
        if (month !== null || options.some((label) => monthIn(label, names) !== null)) found.lists.month = one;
        else if (year !== null) found.lists.year = one;
      }
      if (month !== null) { found.month = month; found.parts.push(one); }
      if (year !== null) { found.year = year; if (!found.parts.includes(one)) found.parts.push(one); }
    }
    if (found.month !== null && found.year !== null) return found;
  }
  return null;
};

const PREVIOUS = /prev|back|earlier|before|[«‹<←◀◂❮⟨]|chevron_left|arrow_left|keyboard_arrow_left/i;
const NEXT = /next|forward|later|after|[»›>→▶▸❯⟩]|chevron_right|arrow_right|keyboard_arrow_right/i;
const turnerOf = (heading, days, forward) => {
  const own = new Set(days);
  const title = rectOf(heading.parts[0]);
  const around = commonOf([...heading.parts, ...days]);
  const region = parentOf(around) ?? around;
  const able = (place) => Array.from(queryAll(place, '*')).filter((one) => {
    const rect = rectOf(one);
    return rect.width > 3 && rect.height > 3 && rect.width < 160 && rect.height < 80 && pressable(one) && !own.has(one)
      && !days.some((day) => insideOf(one, day) || insideOf(day, one)) && !heading.parts.includes(one)
      && !['select', 'input', 'option'].includes(tagOf(one)) && !/^\d+$/.test(squeeze(textContentOf(one)));
  });
  for (const place of [around, region]) {
    const all = able(place);
    const buttons = all.filter((one) => !all.some((other) => other !== one && containsNode(other, one)));
    const called = (one) => squeeze(`${nameOf(one, 'button')} ${attribute(one, 'title') ?? ''} ${textContentOf(one)}`);
    const classed = (one) => attribute(one, 'class') ?? '';
    const yearly = (one) => /year|«|»|<<|>>|super|double/i.test(`${called(one)} ${classed(one)}`);
    const [right, wrong] = forward ? [NEXT, PREVIOUS] : [PREVIOUS, NEXT];
    const near = (one) => { const rect = rectOf(one); return Math.hypot((rect.left + rect.right - title.left - title.right) / 2, (rect.top + rect.bottom - title.top - title.bottom) / 2); };
    for (const said of [called, classed]) {
      const fits = buttons.filter((one) => right.test(said(one)) && !wrong.test(said(one)));
      fits.sort((one, other) => Number(yearly(one)) - Number(yearly(other)) || near(one) - near(other));
      if (fits.length > 0) {
        const year = fits.find((one) => yearly(one));
        return { month: yearly(fits[0]) && fits.length > 1 ? fits[1] : fits[0], year: year && year !== fits[0] ? year : null };
      }
    }
    // Nothing says which it is: what stands beside the heading, on the side that it leads to.
    const beside = buttons.filter((one) => {
      const rect = rectOf(one);
      const middle = (rect.top + rect.bottom) / 2;
      const level = middle > title.top - title.height / 2 && middle < title.bottom + title.height / 2;
      return level && !wrong.test(called(one)) && !wrong.test(classed(one)) && (forward ? rect.left >= title.right - 2 : rect.right <= title.left + 2);
    });
    beside.sort((one, other) => near(one) - near(other));
    if (beside.length > 0) return { month: beside[0], year: null };
  }
  return null;
};
const offers = (day) => {
  for (let at = day, hops = 0; at && hops < 3; at = parentOf(at), hops += 1) {
    if (isDisabled(at)) return false;
    const style = attribute(at, 'class') ?? '';
    if (hops < 2 && /(^|[\s_-])(disabled|unselectable|unavailable|notallowed)($|[\s_-])/i.test(style)) return false;
    if (tagOf(at) === 'td' || roleOf(at) === 'gridcell') break;
  }
  return true;
};

let calendarsBefore = new Set();
commands.calendarBefore = () => {
  calendarsBefore = new Set(monthsShown().map((days) => commonOf(days)));
  return null;
};
// The next move on the way to a day.
commands.calendarMove = ({ element: id, year, month, day, any }) => {
  const element = knownBy(id);
  const names = monthNames();
  const all = monthsShown().map((days) => ({ days, grid: commonOf(days), heading: headingOf(days, names) }));
  const fresh = all.filter(({ grid }) => any || !calendarsBefore.has(grid));
  const open = fresh.length > 0 ? fresh : all.filter(({ grid }) => element && connected(element) && distance(element, grid) < 400);
  const months = open.filter(({ heading }) => heading !== null);
  if (months.length === 0) return { move: 'none' };
  const shownMonth = (one) => one.heading.year * 12 + one.heading.month - 1;
  const wanted = year * 12 + month - 1;
  const text = (index) => new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' })
    .format(new Date(Date.UTC(Math.trunc(index / 12), index % 12, 1)));
  const here = months.find((one) => shownMonth(one) === wanted);
  if (here) {
    const cell = here.days[day - 1];
    if (!cell) return { move: 'stuck', reason: `its calendar has no day ${day} in ${text(wanted)}` };
    if (!offers(cell)) return { move: 'stuck', reason: `its calendar does not offer day ${day} of ${text(wanted)}` };
    return { move: 'day', id: idOf(cell), shown: text(wanted) };
  }
  const [first, last] = [months[0], months[months.length - 1]];
  const { lists } = first.heading;
  const option = (list, fits) => {
    const found = optionsIn(list).find((one) => fits(optionLabel(one)));
    const far = Math.abs(wanted - shownMonth(first));
    return found ? { move: 'option', id: idOf(list), label: optionLabel(found), shown: text(shownMonth(first)), far } : null;
  };
  const byYear = lists.year && first.heading.year !== year ? option(lists.year, (label) => yearIn(label) === year) : null;
  if (byYear) return byYear;
  const byMonth = lists.month && first.heading.year === year && first.heading.month !== month
    ? option(lists.month, (label) => monthIn(label, names) === month) : null;
  if (byMonth) return byMonth;
  const forward = wanted > shownMonth(last);
  const from = forward ? last : first;
  const turner = turnerOf(from.heading, from.days, forward);
  if (!turner) return { move: 'stuck', reason: `its calendar shows ${text(shownMonth(from))}, and nothing there leads to ${text(wanted)}` };
  const far = Math.abs(wanted - shownMonth(from));
  const pick = far >= 12 && turner.year ? turner.year : turner.month;
  return { move: 'turn', id: idOf(pick), shown: text(shownMonth(from)), far };
};
// The button that takes over what was chosen, where a calendar waits for one.
commands.calendarConfirm = () => {
  for (const days of monthsShown()) {
    let at = commonOf(days);
    for (let hops = 0; at && hops < 6; at = parentOf(at), hops += 1) {
      const found = Array.from(queryAll(at, 'button, [role=button], input[type=button], a')).find((one) =>
        shown(one) && /^(ok|okay|apply|done|set|select|confirm|save|choose)( date)?$/i.test(nameOf(one, 'button') || squeeze(textContentOf(one))));
      if (found) return { id: idOf(found) };
      if (tagOf(at) === 'form' || tagOf(at) === 'body') break;
    }
  }
  return { id: null };
};
