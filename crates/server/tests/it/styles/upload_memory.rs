//! Memory of the server during large and concurrent uploads.

use std::{borrow::Cow, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use reqwest::{
    Body, Method,
    multipart::{Form, Part},
};
use testkit::{
    client::{Answer, Client},
    images,
};
use tokio_util::io::ReaderStream;

use crate::support::{Platform, fixture::at_once};

const MIB: u64 = 1024 * 1024;

/// Limit of additional memory during an upload.
const MAX_GROWTH: u64 = 64 * MIB;

/// Limit of memory after an upload.
const MAX_AT_REST: u64 = 100 * MIB;

/// Timeout of an upload of a gigabyte on a busy machine.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(9);

/// A field of `/proc/<pid>/status`, in bytes.
fn memory(pid: u32, figure: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the server runs");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(figure))
        .expect("the figure");
    let kib = line.trim_start_matches(':').trim().trim_end_matches(" kB");
    kib.parse::<u64>().expect("a number") * 1024
}

/// The server's memory before and after an operation, in bytes.
struct MemoryWatch {
    pid: u32,
    before: u64,
}

impl MemoryWatch {
    /// Resets the peak (`VmHWM`) to the current resident size.
    fn begin(platform: &mut Platform) -> Self {
        let pid = platform.server().pid();
        std::fs::write(format!("/proc/{pid}/clear_refs"), "5").expect("the peak can be reset");
        Self {
            pid,
            before: memory(pid, "VmRSS"),
        }
    }

    /// Asserts that the peak stayed within its limit.
    fn end(self) {
        let (peak, after) = (memory(self.pid, "VmHWM"), memory(self.pid, "VmRSS"));
        let more = peak.saturating_sub(self.before);
        assert!(
            more <= MAX_GROWTH,
            "{} MiB more than the {} MiB before",
            more / MIB,
            self.before / MIB
        );
        assert!(after <= MAX_AT_REST, "{} MiB afterwards", after / MIB);
    }
}

async fn artist(platform: &Platform) -> Client {
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    artist
}

/// Uploads a style of `count` parts.
async fn upload(artist: &Client, count: usize, part: impl Fn() -> Part) -> Answer {
    let mut form = Form::new()
        .text("name", "Heavy")
        .text("description", "A gigabyte.")
        .text("generation_cost_tokens", "20");
    for _ in 0..count {
        form = form.part("images", part().file_name("heavy.png"));
    }
    let request = artist.request(Method::POST, "/api/styles").multipart(form);
    artist.send(request.timeout(UPLOAD_TIMEOUT)).await
}

/// A JPEG with noise.
fn photograph(width: u32, height: u32) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let picture = RgbImage::from_fn(width, height, |x, y| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let grain = state.to_le_bytes()[0] / 4;
        let light = |side: u32| u8::try_from(side / 64 % 128).unwrap_or_default();
        Rgb([light(x) + grain, light(y) + grain, 90 + grain])
    });
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 92)
        .encode_image(&picture)
        .expect("a JPEG");
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_a_hundred_images_of_10_mb_use_at_most_64_mb() {
    let mut platform = Platform::start().await;
    let artist = artist(&platform).await;
    let heavy: &'static [u8] = images::large_png(10_000_000).leak();
    assert!(
        (9 * MIB..=10 * MIB).contains(&(heavy.len() as u64)),
        "{}",
        heavy.len()
    );
    let watch = MemoryWatch::begin(&mut platform);
    let style = upload(&artist, 100, || Part::bytes(Cow::Borrowed(heavy)))
        .await
        .data(201);
    assert_eq!(style["artwork_count"], 100);
    watch.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_photographs_of_12_megapixels_use_at_most_64_mb() {
    let mut platform = Platform::start().await;
    let artist = artist(&platform).await;
    let photograph: &'static [u8] = photograph(4000, 3000).leak();
    assert!(
        (5 * MIB..=10 * MIB).contains(&(photograph.len() as u64)),
        "{}",
        photograph.len()
    );
    let watch = MemoryWatch::begin(&mut platform);
    upload(&artist, 12, || Part::bytes(Cow::Borrowed(photograph)))
        .await
        .data(201);
    watch.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_an_endless_body_is_413_and_uses_at_most_64_mb() {
    let mut platform = Platform::start().await;
    let artist = artist(&platform).await;
    let objects = platform.objects();
    let zeros: &'static [u8] = vec![0; 11 * 1024 * 1024].leak();
    let watch = MemoryWatch::begin(&mut platform);
    // The parts have no known length, so the body is sent chunked. It is longer than the limit.
    let part = || Part::stream(Body::wrap_stream(ReaderStream::with_capacity(zeros, 64 * 1024)));
    upload(&artist, 100, part).await.error(413, "PAYLOAD_TOO_LARGE");
    watch.end();
    assert_eq!(platform.objects(), objects);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_concurrent_pictures_in_json_use_at_most_64_mb() {
    let mut platform = Platform::start().await;
    let photograph = photograph(3500, 2600);
    assert!(
        (3 * MIB..=5 * MIB).contains(&(photograph.len() as u64)),
        "{}",
        photograph.len()
    );
    let body: &'static str = format!(
        r#"{{"profile_image":"data:image/jpeg;base64,{}"}}"#,
        STANDARD.encode(photograph)
    )
    .leak();
    let mut people = Vec::new();
    for number in 0..24 {
        people.push(platform.user(&format!("person-{number}@example.com")).await);
    }
    let watch = MemoryWatch::begin(&mut platform);
    let changes = people.into_iter().map(|person| async move {
        let request = person
            .request(Method::PATCH, "/api/users/me")
            .header("Content-Type", "application/json")
            .body(body);
        person.send(request.timeout(UPLOAD_TIMEOUT)).await
    });
    for changed in at_once(changes).await {
        assert!(changed.data(200)["profile_image"].is_string());
    }
    watch.end();
}
