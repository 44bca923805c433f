//! JSON bodies with a file in them, as a `data:` URL. They are megabytes long, and any number of them may come at once:
//! they wait on disk, and are read one at a time.

use actix_web::{
    HttpRequest,
    dev::Payload,
    web::{Bytes, BytesMut},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{FieldError, field_error::FieldType};
use tokio::{sync::Semaphore, time::timeout};

use super::{
    Fields,
    json::{MAX_JSON_BYTES, expect_json, pieces},
};
use crate::{
    ApiError,
    config::JSON_BODY_TIMEOUT,
    messages::Cause,
    multipart::{Spool, UploadedFile},
};

/// One body is in memory at a time, with what is made of it.
static IN_MEMORY: Semaphore = Semaphore::const_new(1);

/// Reads the fields of a JSON object of at most `max_bytes`, and the file that its field `name` holds. Refuses what
/// [`super::read_json`] refuses. A field that holds no usable file is left in place: read with [`read_data_url`], it
/// tells why.
pub async fn read_json_with_file(
    request: &HttpRequest,
    payload: Payload,
    max_bytes: usize,
    name: &str,
) -> Result<(Fields, Option<UploadedFile>), ApiError> {
    expect_json(request, max_bytes)?;
    let body = timeout(JSON_BODY_TIMEOUT, receive(payload, max_bytes))
        .await
        .unwrap_or_else(|_| Err(ApiError::invalid(Cause::IncompleteBody)))?;
    // Closed never: the error cannot occur.
    let _turn = IN_MEMORY
        .acquire()
        .await
        .map_err(|error| ApiError::internal(&error))?;
    let (mut fields, length) = match body {
        Body::Short(json) => (Fields::parse(&json)?, json.len()),
        Body::Long(file) => {
            let json = tokio::fs::read(file.path()).await;
            let json = json.map_err(|error| ApiError::internal(&error))?;
            (Fields::parse(&json)?, json.len())
        }
    };
    // What is not the file stays in memory for longer than our turn: it is as short as any other body.
    let others = length.saturating_sub(fields.peek_text(name).map_or(0, str::len));
    if others > MAX_JSON_BYTES {
        return Err(ApiError::too_large());
    }
    let Some(Ok(content)) = fields.peek_text(name).map(read_data_url) else {
        return Ok((fields, None));
    };
    fields.value(name);
    let mut file = Spool::begin().await?;
    file.write(&content).await?;
    Ok((fields, Some(file.end(0).await?)))
}

/// A body that has come.
enum Body {
    Short(BytesMut),
    Long(UploadedFile),
}

async fn receive(payload: Payload, max_bytes: usize) -> Result<Body, ApiError> {
    let mut short = BytesMut::new();
    let mut long: Option<Spool> = None;
    let mut pieces = pieces(payload, max_bytes);
    while let Some(piece) = pieces.next().await? {
        match &mut long {
            Some(file) => file.write(&piece).await?,
            None if short.len() + piece.len() <= MAX_JSON_BYTES => short.extend_from_slice(&piece),
            None => {
                let mut file = Spool::begin().await?;
                file.write(&short).await?;
                file.write(&piece).await?;
                long = Some(file);
                short = BytesMut::new();
            }
        }
    }
    Ok(match long {
        Some(file) => Body::Long(file.end(0).await?),
        None => Body::Short(short),
    })
}

/// The content of a `data:` URL of an image.
pub fn read_data_url(raw: &str) -> Result<Bytes, FieldError> {
    if raw.trim().is_empty() {
        return Err(FieldError::Required);
    }
    let (_, data) = raw
        .trim()
        .strip_prefix("data:image/")
        .and_then(|rest| rest.split_once(";base64,"))
        .ok_or(FieldError::WrongType {
            expected: FieldType::File,
        })?;
    STANDARD
        .decode(data)
        .map(Bytes::from)
        .map_err(|_| FieldError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_url_is_read_and_anything_else_refused() {
        assert!(matches!(read_data_url("data:image/png;base64,aGk="), Ok(b) if b == "hi"));
        for bad in [
            "",
            "aGk=",
            "data:text/html;base64,aGk=",
            "data:image/png;base64,???",
            "https://example.com/a.png",
        ] {
            assert!(read_data_url(bad).is_err(), "{bad}");
        }
    }
}
