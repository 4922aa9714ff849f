//! What a browser remembers, read and put back in another.

use std::time::{Duration, Instant};

use errand_domain::{
    Action,
    storage::{Data, OriginState, StorageState},
};

use crate::support::{Bench, text};

/// Fills a database with all that can be stored, and says so in the page.
const FILL: &str = r#"<p id=out>…</p><script>
const open = indexedDB.open('all', 3);
open.onupgradeneeded = () => {
  const db = open.result;
  const users = db.createObjectStore('users', { keyPath: 'id' });
  users.createIndex('by mail', 'mail', { unique: true });
  users.createIndex('by tag', 'tags', { multiEntry: true });
  db.createObjectStore('pairs', { keyPath: ['a', 'b.c'] }).put({ a: 1, b: { c: 'two' } });
  db.createObjectStore('log', { autoIncrement: true }).put('first');
  const any = db.createObjectStore('any');
  users.put({ id: 7, mail: 'a@b.test', tags: ['x', 'y'] });
  const self = { name: 'self' }; self.self = self; self.list = [self];
  const put = (key, value) => any.put(value, key);
  put('date', new Date(1700000000123)); put('invalid', new Date(NaN));
  put('numbers', [NaN, Infinity, -Infinity, -0, 0, 1.5, 2 ** 53, -7]); put('nothing', [undefined, null]);
  put('big', 12345678901234567890n); put('pattern', /a+\/b/gi); put('error', new TypeError('no'));
  put('bytes', new Uint8Array([0, 255, 7]).buffer); put('view', new Float64Array([0.5, -1])); put('raw', new DataView(new ArrayBuffer(3), 1));
  put('map', new Map([['k', new Set([1, { deep: true }])], [{ o: 1 }, 'v']])); put('self', self);
  put('blob', new Blob(['hello'], { type: 'text/plain' })); put('file', new File(['content'], 'a.txt', { type: 'text/plain', lastModified: 5 }));
  put('proto', JSON.parse('{"__proto__": 1, "nul\\u0000": "a\\u0000b"}'));
  put(new Date(5), 'by date'); put([1, ['a']], 'by list'); put(new Uint8Array([1, 2]), 'by bytes'); put(-Infinity, 'by least');
  let deep = 1; for (let i = 0; i < 40; i += 1) deep = { deep };
  put('deep', deep); put('lone', '\ud800');
};
open.onsuccess = async () => {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
  const write = open.result.transaction('any', 'readwrite');
  write.objectStore('any').put(key, 'key');
  write.oncomplete = () => { open.result.close(); localStorage.filled = 'a\0b'; out.textContent = 'filled'; };
};
</script>"#;

/// Reads it all back in the page, as a text.
const TELL: &str = r#"<p id=out>…</p><script>
const seen = [];
const tell = (value) => {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (seen.includes(value)) return '^';
  seen.push(value);
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof RegExp) return String(value);
  if (value instanceof Error) return `${value.name}(${value.message})`;
  if (value instanceof ArrayBuffer) return `Buffer(${new Uint8Array(value)})`;
  if (value instanceof DataView) return `DataView(${value.byteLength})`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value})`;
  if (value instanceof File) return `File(${value.name},${value.type},${value.lastModified},${value.size})`;
  if (value instanceof Blob) return `Blob(${value.type},${value.size})`;
  if (value instanceof Map) return `Map(${[...value].map(([k, v]) => tell(k) + '=>' + tell(v))})`;
  if (value instanceof Set) return `Set(${[...value].map(tell)})`;
  if (Array.isArray(value)) return `[${value.map(tell)}]`;
  return `{${Object.keys(value).map((key) => JSON.stringify(key) + ':' + tell(value[key]))}}`;
};
const settled = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); request.onerror = () => done(request.error); });
const run = async () => {
  const lines = [`local ${JSON.stringify(localStorage.filled)}`];
  const db = await settled(indexedDB.open('all'));
  lines.push(`version ${db.version}`);
  for (const name of db.objectStoreNames) {
    const store = db.transaction(name).objectStore(name);
    lines.push(`${name} ${JSON.stringify(store.keyPath)} ${store.autoIncrement}`);
    for (const index of store.indexNames) { const it = store.index(index); lines.push(`${index} ${it.keyPath} ${it.unique} ${it.multiEntry}`); }
    const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    keys.forEach((key, at) => lines.push(`${tell(key)}: ${tell(values[at])}`));
  }
  const [mail, tag] = await Promise.all([db.transaction('users').objectStore('users').index('by mail').get('a@b.test'), db.transaction('users').objectStore('users').index('by tag').get('y')].map(settled));
  lines.push(`found ${mail.id} ${tag.id}`);
  const log = db.transaction('log', 'readwrite').objectStore('log');
  lines.push(`next ${await settled(log.put('second'))}`);
  out.textContent = lines.join('\n');
};
run().catch((error) => { out.textContent = `error ${error}`; });
</script>"#;

/// What the page says, once it says more than that it is at it.
async fn said(bench: &Bench) -> String {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let words = text(&bench.look().await);
        if !words.contains('…') || Instant::now() > until {
            return words;
        }
    }
}

#[tokio::test]
async fn what_one_browser_remembers_goes_on_in_another() {
    let first = Bench::start().await;
    first.open("/cookie").await;
    let state = first.page.storage_state().await.unwrap();
    assert_eq!(state.cookies.len(), 1);
    assert_eq!(state.cookies[0].name, "sid");
    assert_eq!(state.origins[0].local, [("a".to_owned(), "1".to_owned())]);
    assert_eq!(state.origins[0].session, [("b".to_owned(), "2".to_owned())]);
    // Storage of an origin that is not open any more is read without its server.
    first.site.put("/away", "<h1>away</h1>");
    let away = Action::Navigate {
        url: first.site.other("/away"),
    };
    first.act(away).await.unwrap();
    let asked = first.site.asked().len();
    let later = first.page.storage_state().await.unwrap();
    assert_eq!(later.notes, Vec::<String>::new());
    assert_eq!(later.origins[0].local, [("a".to_owned(), "1".to_owned())]);
    assert_eq!(first.site.asked().len(), asked);
    assert_eq!(first.look().await.tabs.len(), 1);
    let json = serde_json::to_string(&state).unwrap();
    let second = Bench::start().await;
    first.site.put(
        "/cookie",
        "<p id=out></p><script>out.textContent = localStorage.a + sessionStorage.b</script>",
    );
    let state: StorageState = serde_json::from_str(&json).unwrap();
    // On a task of its own, as runs do it.
    let page = second.page.clone();
    let restored = tokio::spawn(async move { page.restore(&state).await });
    restored.await.unwrap().unwrap();
    let seen = second.look().await;
    assert_eq!(seen.url, first.site.url("/cookie"));
    assert!(text(&seen).contains("12"), "{}", text(&seen));
}

#[tokio::test]
async fn databases_come_back_with_every_kind_of_value() {
    let first = Bench::start().await;
    first.site.put("/fill", FILL);
    first.site.put("/tell", TELL);
    first.open("/fill").await;
    assert!(said(&first).await.contains("filled"));
    let state = first.page.storage_state().await.unwrap();
    let database = &state.origins[0].databases[0];
    assert_eq!((&*database.name, database.version), ("all", 3));
    for what in ["deeper", "Unicode", "CryptoKey"] {
        let told = |it: &String| it.contains(what) && it.contains("1 of the records in all, any");
        assert!(state.notes.iter().any(told), "{what}: {:?}", state.notes);
    }
    let any = database.stores.iter().find(|it| it.name == "any").unwrap();
    let date = Some(Data::Date(Some("1970-01-01T00:00:00.005Z".to_owned())));
    assert!(any.records.iter().any(|it| it.key == date));
    let kept = serde_json::to_string(&state).unwrap();
    let again: StorageState = serde_json::from_str(&kept).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), kept);

    let second = Bench::start().await;
    let asked = first.site.asked().len();
    let notes = second.page.put_state(&again).await.unwrap();
    assert_eq!(notes, Vec::<String>::new());
    assert_eq!(first.site.asked().len(), asked);
    // What nobody visited is still known, without opening it.
    let untouched = second.page.storage_state().await.unwrap();
    let json = |it: &StorageState| serde_json::to_string(&it.origins).unwrap();
    assert_eq!(json(&untouched), json(&again));
    let tell = |site: &crate::support::Site| Action::Navigate {
        url: site.url("/tell"),
    };
    second.act(tell(&first.site)).await.unwrap();
    let there = said(&second).await;
    first.act(tell(&first.site)).await.unwrap();
    let here = said(&first).await;
    let lines = |words: &str| -> Vec<String> {
        let lost = ["\"deep\":", "\"lone\":", "\"key\":"];
        let kept = words
            .lines()
            .filter(|line| !lost.iter().any(|it| line.contains(it)));
        kept.map(str::to_owned).collect()
    };
    assert!(lines(&here).len() < here.lines().count(), "{here}");
    assert_eq!(lines(&there), lines(&here));
    assert!(
        there.contains("found 7 7") && there.contains("next 2"),
        "{there}"
    );
}

#[tokio::test]
async fn what_frames_of_other_sites_keep_stays_with_the_site_around_them() {
    let first = Bench::start().await;
    let site = &first.site;
    let frame = r#"<p id=out>…</p><script>
        const was = localStorage.mark; localStorage.mark ??= location.search;
        const cookies = document.cookie;
        document.cookie = 'part=chips; Secure; Path=/; SameSite=None; Partitioned';
        out.textContent = `here ${was} ${cookies}`;
        </script>"#;
    site.put("/frame", frame);
    let around = format!("<iframe src='{}'></iframe>", site.other("/frame?framed"));
    site.put("/around", &around);
    first
        .act(Action::Navigate {
            url: site.other("/frame?alone"),
        })
        .await
        .unwrap();
    assert!(said(&first).await.contains("here undefined"));
    first.open("/around").await;
    assert!(said(&first).await.contains("here undefined"));
    // While it is open, and after it is not.
    let open = first.page.storage_state().await.unwrap();
    site.put("/", "<p>elsewhere");
    first.open("/").await;
    let asked = site.asked().len();
    let closed = first.page.storage_state().await.unwrap();
    assert_eq!(site.asked().len(), asked);
    let other = site.other("");
    let mark = |text: &str| vec![("mark".to_owned(), text.to_owned())];
    for state in [&open, &closed] {
        assert_eq!(state.notes, Vec::<String>::new());
        let of = |under: Option<&str>| -> Option<&OriginState> {
            let mut origins = state.origins.iter();
            origins.find(|it| it.origin == other && it.under.as_deref() == under)
        };
        assert_eq!(of(None).unwrap().local, mark("?alone"), "{state:?}");
        let framed = of(Some("http://127.0.0.1")).unwrap();
        assert_eq!(framed.local, mark("?framed"));
        let top = |it: &errand_domain::storage::Cookie| {
            it.partition.as_ref().map(|it| it.top_level_site.clone())
        };
        let mut tops: Vec<_> = state.cookies.iter().map(top).collect();
        tops.sort();
        let site = |it: &str| Some(it.to_owned());
        assert_eq!(tops, [site("http://127.0.0.1"), site("http://localhost")]);
    }
    let second = Bench::start().await;
    assert_eq!(
        second.page.put_state(&closed).await.unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(site.asked().len(), asked);
    second
        .act(Action::Navigate {
            url: site.url("/around"),
        })
        .await
        .unwrap();
    let words = said(&second).await;
    assert!(words.contains("here ?framed part=chips"), "{words}");
    second
        .act(Action::Navigate {
            url: site.other("/frame"),
        })
        .await
        .unwrap();
    let words = said(&second).await;
    assert!(words.contains("here ?alone part=chips"), "{words}");
}
