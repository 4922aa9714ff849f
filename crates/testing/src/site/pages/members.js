// The token, kept in the way that the page is about. A cookie is the server's matter.
const database = () => new Promise((resolve, reject) => {
  const request = indexedDB.open('members', 2);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('logins', { keyPath: 'site' }).createIndex('since', 'since');
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
const logins = async (mode, work) => {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction('logins', mode);
    const request = work(transaction.objectStore('logins'));
    transaction.oncomplete = () => { db.close(); resolve(request.result); };
    transaction.onerror = () => reject(transaction.error);
  });
};
const bytes = (token) => new TextEncoder().encode(token);
const keep = {
  cookie: async () => {},
  local: async (token) => { localStorage.setItem('member', JSON.stringify({ token })); },
  indexed: async (token) => {
    await logins('readwrite', (store) => store.put({ site: 'tidewater', since: new Date(), token: bytes(token) }));
  },
};
const kept = {
  cookie: async () => '',
  local: async () => JSON.parse(localStorage.getItem('member') ?? '{}').token,
  indexed: async () => {
    const login = await logins('readonly', (store) => store.get('tidewater'));
    return login?.since instanceof Date ? new TextDecoder().decode(login.token) : undefined;
  },
};

const show = async () => {
  const token = await kept[way]();
  const answer = await fetch(`/members/${way}/account`, { headers: token ? { member: token } : {} });
  if (!answer.ok) { location.replace(`/members/${way}/login`); return; }
  const { user } = await answer.json();
  document.getElementById('title').textContent = 'Member dashboard';
  document.getElementById('greeting').textContent = `Welcome back, ${user}.`;
};
const form = document.getElementById('login');
if (form) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await fetch(`/members/${way}/login`, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) { document.getElementById('wrong').hidden = false; return; }
    const { token } = answer.status === 204 ? {} : await answer.json();
    await keep[way](token);
    location.assign(`/members/${way}`);
  });
} else show();
