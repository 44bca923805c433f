//! U6: names of files mean nothing.

use reqwest::Method;
use testkit::images;

use super::form::artist;
use crate::support::Platform;

/// A form written by hand, so that nothing cleans the file's name on its way.
fn form_with_file_name(name: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, text) in [
        ("name", "Blue Harbour"),
        ("description", "Boats."),
        ("generation_cost_tokens", "20"),
    ] {
        let part = format!("--b\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let picture = images::png(512, 512, 1);
    for _ in 0..10 {
        body.extend_from_slice(b"--b\r\nContent-Disposition: form-data; name=\"images\"; filename=\"");
        body.extend_from_slice(name);
        body.extend_from_slice(b"\"\r\nContent-Type: text/html\r\n\r\n");
        body.extend_from_slice(&picture);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    body
}

#[tokio::test]
async fn u6_names_of_files_are_harmless() {
    let names: [&[u8]; 9] = [
        b"../../../../etc/passwd",
        b"..\\..\\windows\\system32",
        b"/etc/cron.d/evil",
        b"a%2e%2e%2fb.png",
        b"a.png\r\nX-Evil: yes",
        b"a\nb.png",
        b"a\0b.png",
        "그림.png".as_bytes(),
        b"\xff\xfe.png",
    ];
    let platform = Platform::start().await;
    for (index, name) in names.into_iter().enumerate() {
        let before = platform.snapshot().await;
        let artist = if index == 0 {
            artist(&platform).await
        } else {
            let artist = platform.user(&format!("artist-{index}@example.com")).await;
            artist.become_artist("Another Artist").await;
            artist
        };
        let objects = platform.objects();
        let request = artist.request(Method::POST, "/api/styles");
        let request = request.header("Content-Type", "multipart/form-data; boundary=b");
        let answer = artist.send(request.body(form_with_file_name(name))).await;
        let shown = String::from_utf8_lossy(name).into_owned();
        assert!(answer.header("X-Evil").is_empty(), "{shown:?}");
        match answer.status.as_u16() {
            201 => {
                let new: Vec<String> = platform.objects().difference(&objects).cloned().collect();
                assert_eq!(new.len(), 17, "{shown:?}: {new:?}");
                assert!(new.iter().all(|object| is_ours(object)), "{shown:?}: {new:?}");
            }
            // A head that cannot be read makes the whole form malformed.
            400 => assert_eq!(platform.objects(), objects, "{shown:?}"),
            other => panic!("{shown:?}: {other} {}", answer.text),
        }
        assert_ne!(platform.snapshot().await, before, "at least the artist is new");
    }
    let kept = platform
        .text("SELECT string_agg(key, ' ') FROM training_images")
        .await;
    for trace in ["..", "etc", "windows", "%", "evil", "Evil", "/", "\\"] {
        assert!(!kept.contains(trace), "{kept}");
    }
}

/// Whether a key is one that the platform makes: nothing of a file's name is in it.
fn is_ours(object: &str) -> bool {
    let hex = |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let place = |text: &str| text.len() == 3 && text.parse::<u8>().is_ok();
    if let Some(rest) = object.strip_prefix("media-private/train-") {
        let (id, file) = rest.split_once('-').unwrap_or_default();
        let index = file.strip_suffix(".png").unwrap_or_default();
        return hex(id) && place(index);
    }
    let thumbnail = object
        .strip_prefix("media/thumbnails/")
        .and_then(|rest| rest.strip_suffix(".jpg"));
    // The style's own, and those of its images.
    thumbnail.is_some_and(|name| match name.split_once('-') {
        None => hex(name),
        Some((id, index)) => hex(id) && place(index),
    })
}
