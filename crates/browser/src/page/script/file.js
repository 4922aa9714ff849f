// What is a file rather than a page.
commands.shown = () => ({ content_type: clean(document.contentType, 200), url: clean(location.href, 4000) });
// A picture that leads nowhere is meant itself.
commands.fileSource = ({ element: id }) => {
  const element = elementOf(id);
  if (tagOf(element) !== 'img') return { picture: null };
  for (let at = element, hops = 0; at && hops < 30; at = parentOf(at), hops += 1) {
    if (tagOf(at) === 'a' || tagOf(at) === 'button' || has(at, 'onclick') || listening.has(at)) return { picture: null };
  }
  const source = element.currentSrc || element.src;
  return { picture: typeof source === 'string' && /^https?:/.test(source) ? source : null };
};
