// What a page tells of its captcha, and where the answer goes. The makers document both: an element
// with the site's key, and a field by a fixed name that the form sends.
const MAKERS = [
  { kind: 'recaptcha', mark: '.g-recaptcha, [data-sitekey][class*="recaptcha"]', source: 'recaptcha', field: 'g-recaptcha-response' },
  { kind: 'hcaptcha', mark: '.h-captcha', source: 'hcaptcha.com', field: 'h-captcha-response' },
  { kind: 'turnstile', mark: '.cf-turnstile', source: 'challenges.cloudflare.com', field: 'cf-turnstile-response' },
];
const captchaOf = () => {
  for (const { kind, mark, source, field } of MAKERS) {
    const holder = [...allIn(document, mark)][0];
    const frame = [...allIn(document, 'iframe[src]')].find((it) => (attribute(it, 'src') ?? '').includes(source));
    const fields = [...allIn(document, `[name="${field}"], [id^="${field}"]`)];
    if (!holder && !frame && fields.length === 0) continue;
    const marked = holder ?? [...allIn(document, '[data-sitekey]')][0];
    let key = marked && attribute(marked, 'data-sitekey');
    if (!key && frame) {
      const query = new URL(attribute(frame, 'src'), location.href).searchParams;
      key = query.get('k') ?? query.get('sitekey');
    }
    return { kind, key: key ?? null, callback: marked ? attribute(marked, 'data-callback') : null, fields };
  }
  return null;
};
commands.captcha = () => {
  const found = captchaOf();
  return found && { kind: found.kind, siteKey: found.key && clean(found.key, 500) };
};
// Puts the token where the form sends it from; the name of the page's function that is to be told.
commands.solveCaptcha = ({ token }) => {
  const found = captchaOf();
  if (!found) return null;
  for (const field of found.fields) {
    if (tagOf(field) !== 'textarea' && tagOf(field) !== 'input') continue;
    setValue(field, token);
    for (const type of ['input', 'change']) EventTarget.prototype.dispatchEvent.call(field, new Event(type, { bubbles: true }));
  }
  return { fields: found.fields.length, callback: found.callback && clean(found.callback, 200) };
};
