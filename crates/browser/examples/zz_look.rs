#![allow(clippy::all)]
use errand_browser::{Browser, LaunchOptions, page::Look};
use errand_domain::Action;
#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
    let proxy = errand_egress::Proxy::start(Some(errand_egress::Policy{allow_private:true,..Default::default()})).await.unwrap();
    let exe = std::env::args().nth(2).unwrap();
    let b = Browser::launch(LaunchOptions::new(vec![exe.into(), "guard".into()], proxy.address(), "/tmp/zz_look".into())).await.unwrap();
    let p = b.page().await.unwrap();
    p.act(&Action::Navigate{url}).await.unwrap();
    let read = std::env::args().nth(3).is_some();
    let t = std::time::Instant::now();
    let nodes = if read { p.read(None).await.unwrap() } else { p.observe(&Look{goal_words: vec![], max_nodes: 1500}).await.unwrap().nodes };
    eprintln!("{:?} {} nodes", t.elapsed(), nodes.len());
    for (i, n) in nodes.iter().enumerate() {
        let mut d = 0; let mut at = n.parent; while let Some(x) = at { d += 1; at = nodes[x as usize].parent; }
        let j = serde_json::to_value(n).unwrap();
        let o: Vec<String> = j.as_object().unwrap().iter().filter(|(k, v)| !["parent","role","tag","rect","in_view"].contains(&k.as_str()) && !v.is_null() && v.as_str() != Some("") && **v != serde_json::json!(false) && **v != serde_json::json!([])).map(|(k, v)| format!("{k}={v}")).collect();
        println!("{i:4} {}{} <{}> {}", "  ".repeat(d), n.role, n.tag, o.join(" "));
    }
    b.close().await;
}
