//! Files for the owner only, written whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    process,
};

/// Longest file that is read back.
const MAX_BYTES: u64 = 64 * 1024;

/// Writes a file of mode 0600 under another name and moves it into place, replacing what is there.
///
/// # Errors
/// If the folder can't be written; nothing is changed then.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    stage(path, content, |_| Ok(())).map(drop)
}

/// The same, and the file is locked from its first moment on, as long as the value lives.
///
/// # Errors
/// As [`replace`].
pub fn replace_locked(path: &Path, content: &[u8]) -> io::Result<File> {
    stage(path, content, |file| Ok(file.try_lock()?))
}

fn stage(
    path: &Path,
    content: &[u8],
    prepare: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<File> {
    let staged = path.with_extension(format!("new-{}", process::id()));
    let outcome = write(&staged, content).and_then(|file| {
        prepare(&file)?;
        fs::rename(&staged, path)?;
        Ok(file)
    });
    if outcome.is_err() {
        // What is left is either nothing or a file that nobody reads.
        let _ = fs::remove_file(&staged);
    }
    outcome
}

/// Reads a small file; none where there is no such file.
///
/// # Errors
/// If it can't be read, is too long or is no text.
pub fn read(path: &Path) -> io::Result<Option<String>> {
    match File::open(path) {
        Ok(mut file) => text(&mut file).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The rest of a small file.
///
/// # Errors
/// If it can't be read, is too long or is no text.
pub fn text(file: &mut File) -> io::Result<String> {
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// Reads a random key of 32 bytes, kept as hex; makes it if it isn't there.
///
/// # Errors
/// If the file is there but no such key, or can't be made.
pub fn key(path: &Path) -> io::Result<[u8; 32]> {
    if let Some(text) = read(path)? {
        return unhex(text.trim()).ok_or_else(|| {
            let path = path.display();
            io::Error::other(format!(
                "{path} does not hold a key of 64 hexadecimal digits"
            ))
        });
    }
    let key: [u8; 32] = rand::random();
    replace(
        path,
        format!("{}\n", errand_domain::log::hex(&key)).as_bytes(),
    )?;
    Ok(key)
}

/// Whether files can be made in the folder.
///
/// # Errors
/// If not.
pub fn probe(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!(".probe-{}", process::id()));
    let outcome = write(&path, b"errand\n");
    let _ = fs::remove_file(&path);
    outcome.map(drop)
}

fn write(path: &Path, content: &[u8]) -> io::Result<File> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(file)
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut key = [0; 32];
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(key)
}
