//! Samples of a style: public thumbnails of some of its training images.

use image::{DynamicImage, ImageFormat};
use reqwest::Response;
use serde_json::{Value, json};
use testkit::{client::Client, images};

use super::form::{StyleForm, artist};
use crate::support::{
    Platform,
    answers::{Answers, assert_answers},
};

/// Width and height of a sample, in pixels.
const SIDE: u32 = 256;

/// GET without cookies or signature.
async fn get_anonymously(url: &str) -> Response {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    client.get(url).send().await.expect("an answer")
}

/// Downloads a public JPEG.
async fn picture(url: &str) -> DynamicImage {
    let answer = get_anonymously(url).await;
    assert_eq!(answer.status(), 200, "{url}");
    assert_eq!(answer.headers()["content-type"], "image/jpeg", "{url}");
    let bytes = answer.bytes().await.expect("a body");
    image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).expect("a JPEG")
}

/// Ten images, each in a different grey from dark to bright.
fn greys() -> StyleForm {
    let mut form = StyleForm::valid();
    for index in 0..10 {
        let grey = image::Rgb([grey_of(index); 3]);
        let mut file = std::io::Cursor::new(Vec::new());
        image::RgbImage::from_pixel(512, 600, grey)
            .write_to(&mut file, ImageFormat::Png)
            .expect("a PNG");
        form = form.file(usize::from(index), file.into_inner(), "grey.png");
    }
    form
}

fn grey_of(index: u8) -> u8 {
    20 + index * 20
}

async fn style_of(artist: &Client, form: &StyleForm) -> (i64, Value) {
    let id = form.send(artist).await.id(201);
    let page = artist.get(&format!("/api/styles/{id}")).await.data(200);
    (id, page)
}

#[tokio::test]
async fn the_page_of_a_style_shows_samples_of_its_images_with_their_tags() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let form = greys().with("tags", "boat").with(
        "image_tags",
        r#"{"0": ["gull"], "1": ["boat", "rope"], "2": ["mast"], "9": ["sail"]}"#,
    );
    let (id, own) = style_of(&artist, &form).await;
    platform
        .report("training/complete", &platform.training_report(id))
        .await;
    let mut answers = Answers::new();
    let path = format!("/api/styles/{id}");
    let shown = answers.add(&platform.browser().get(&path).await);
    assert_answers!(answers, &platform);
    let samples = &shown["sample_artworks"];
    assert_eq!(
        samples, &own["sample_artworks"],
        "samples are shown before the training"
    );

    let of_images = format!(
        "SELECT jsonb_agg(id ORDER BY position) FROM training_images
          WHERE style_id = {id} AND position IN (0, 1, 3, 5, 7, 9)"
    );
    let ids: Value = serde_json::from_str(&platform.text(&of_images).await).expect("ids");
    let shown: Value = samples
        .as_array()
        .expect("samples")
        .iter()
        .map(|s| s["id"].clone())
        .collect();
    assert_eq!(shown, ids, "a sample has the id of its training image");
}

#[tokio::test]
async fn samples_are_public_square_thumbnails_of_their_images() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let (_, page) = style_of(&artist, &greys()).await;
    let samples = page["sample_artworks"].as_array().expect("samples");
    for (sample, index) in samples.iter().zip([0, 1, 3, 5, 7, 9]) {
        let url = sample["image_url"].as_str().expect("an address");
        let picture = picture(url).await;
        assert_eq!((picture.width(), picture.height()), (SIDE, SIDE), "{url}");
        let middle = picture.to_luma8().get_pixel(SIDE / 2, SIDE / 2)[0];
        assert!(
            middle.abs_diff(grey_of(index)) <= 3,
            "sample of image {index} is {middle}"
        );
        let name = url.rsplit('/').next().expect("a name");
        let unguessable = name.split('-').next().expect("an id");
        assert!(
            unguessable.len() == 32 && unguessable.chars().all(|c| c.is_ascii_hexdigit()),
            "{url}"
        );
    }

    // The key of an original is not public in either bucket.
    let endpoint = &platform.storage.endpoint;
    let originals: Vec<String> = platform
        .objects()
        .into_iter()
        .filter(|object| object.contains("train-"))
        .collect();
    assert_eq!(originals.len(), 10);
    for original in originals {
        let key = original.strip_prefix("media-private/").expect("a private object");
        for (place, status) in [
            (format!("{endpoint}/{original}"), 403),
            (format!("{endpoint}/media/{key}"), 404),
        ] {
            assert_eq!(get_anonymously(&place).await.status(), status, "{place}");
        }
    }
}

#[tokio::test]
async fn a_style_has_at_most_six_samples() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let (id, page) = style_of(&artist, &StyleForm::valid().pictures(24)).await;
    assert_eq!(page["sample_artworks"].as_array().map(Vec::len), Some(6));
    let places = format!(
        "SELECT array_agg(position ORDER BY position) FROM training_images
          WHERE style_id = {id} AND thumbnail_key IS NOT NULL"
    );
    assert_eq!(platform.text(&places).await, "{0,4,9,13,18,23}");
}

#[tokio::test]
async fn a_style_without_samples_shows_none() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let (id, _) = style_of(&artist, &StyleForm::valid()).await;
    platform
        .execute("UPDATE training_images SET thumbnail_bucket = NULL, thumbnail_key = NULL")
        .await;
    let page = artist.get(&format!("/api/styles/{id}")).await.data(200);
    assert_eq!(page["sample_artworks"], json!([]));
    assert!(page["thumbnail_url"].is_string());
}

#[tokio::test]
async fn samples_are_deleted_with_the_account_of_the_artist() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let (_, page) = style_of(&artist, &StyleForm::valid()).await;
    let url = page["sample_artworks"][3]["image_url"]
        .as_str()
        .expect("an address");
    picture(url).await;
    assert_eq!(artist.delete("/api/users/me").await.status, 204);
    platform
        .until_count(
            "SELECT count(*) AS n FROM outbox_messages WHERE topic = 'storage_delete' AND available_at <= now()",
            0,
        )
        .await;
    assert_eq!(platform.objects(), std::collections::BTreeSet::new());
    assert!(!get_anonymously(url).await.status().is_success());
}

#[tokio::test]
async fn an_upload_refused_for_its_last_image_leaves_no_sample() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let before = platform.objects();
    let whole = images::png(600, 600, 1);
    let form = StyleForm::valid().file(9, whole[..whole.len() / 2].to_vec(), "half.png");
    form.send(&artist).await.error(422, "INVALID_IMAGE_FORMAT");
    assert_eq!(platform.objects(), before);
}
