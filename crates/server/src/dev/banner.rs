//! The first lines: each part and its address, where to click, and a first request to paste.

use local_postgres::password_file;
use url::Url;

use super::{
    data::DataFolder,
    defaults::{Defaults, given},
    parts::LocalParts,
};
use crate::settings::Settings;

/// What is printed once the platform serves.
pub fn lines(
    settings: &Settings,
    defaults: &Defaults,
    local: &LocalParts,
    folder: &DataFolder,
) -> Vec<String> {
    let api = &settings.api_base_url;
    let database = match given("DATABASE_URL") {
        Some(_) => "yours (DATABASE_URL)".to_owned(),
        None => format!(
            "private PostgreSQL, {} (password in {})",
            without_password(&defaults.value("DATABASE_URL").unwrap_or_default()),
            password_file(&folder.postgres()).display()
        ),
    };
    let storage = match &local.storage {
        Some(s3) => format!("S3 on disk, {}", s3.endpoint()),
        None => "yours (AWS_STORAGE_BUCKET_NAME)".to_owned(),
    };
    let login = match &local.login {
        Some(provider) => format!("demo provider, {}", provider.issuer()),
        None => "yours (GOOGLE_CLIENT_ID)".to_owned(),
    };
    let payments = match &local.payments {
        Some(toss) => format!("demo checkout, {} (no money moves)", toss.base_url()),
        None => "yours (TOSS_SECRET_KEY)".to_owned(),
    };
    let front = match &local.front {
        Some(front) => format!("a page that stands for it, {}", front.base_url()),
        None => format!("yours, {}", settings.frontend_url),
    };
    let queue = if settings.amqp_url.is_some() {
        "RabbitMQ"
    } else {
        "in this process"
    };
    let buckets = &settings.storage.buckets;
    vec![
        String::new(),
        format!("  Style License {} is running.", env!("CARGO_PKG_VERSION")),
        String::new(),
        format!("  API        {api}/api/health"),
        format!("  Docs       {api}/docs/"),
        format!("  Sign in    {api}/api/auth/google/login"),
        format!("  Database   {database}"),
        format!(
            "  Storage    {storage} (buckets {} and {})",
            buckets.public, buckets.private
        ),
        format!("  Login      {login}"),
        format!("  Payments   {payments}"),
        format!("  Web client {front}"),
        format!("  Queue      {queue}"),
        format!("  Worker     {}", local.worker),
        format!(
            "  Data       {} (secrets in {})",
            folder.root().display(),
            folder.secrets_file().display()
        ),
        format!(
            "  Samples    {} (ten pictures and a signature to try an upload with)",
            folder.samples().display()
        ),
        String::new(),
        "  A first request, signed in as artist@example.com:".to_owned(),
        String::new(),
        format!(
            "    curl -sL -o /dev/null -c jar -b jar '{api}/api/auth/google/login?login_hint=artist@example.com' && \
             curl -s -c jar -b jar {api}/api/auth/me"
        ),
        String::new(),
        "  Say localhost, not 127.0.0.1: cookies are kept per host name. Ctrl-C stops everything.".to_owned(),
        String::new(),
    ]
}

/// The address without its password: what is printed ends up in other people's logs and screens.
fn without_password(address: &str) -> String {
    let Ok(mut address) = Url::parse(address) else {
        return String::new();
    };
    if address.set_password(None).is_err() {
        return String::new();
    }
    address.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let shown = without_password("postgres://postgres:0123abcd@127.0.0.1:5433/postgres");
        assert_eq!(shown, "postgres://postgres@127.0.0.1:5433/postgres");
        assert_eq!(without_password("0123abcd"), "");
    }
}
