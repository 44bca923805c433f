//! The first lines that `dev` prints: every service with its address, and a request to try.

use local_postgres::password_file;
use url::Url;

use super::{
    data::DataFolder,
    defaults::{Defaults, env_var},
    services::LocalServices,
};
use crate::settings::Settings;

pub fn lines(
    settings: &Settings,
    defaults: &Defaults,
    local: &LocalServices,
    folder: &DataFolder,
) -> Vec<String> {
    let api = &settings.api_base_url;
    let database = match env_var("DATABASE_URL") {
        Some(_) => "external (DATABASE_URL)".to_owned(),
        None => format!(
            "private PostgreSQL, {} (password in {})",
            without_password(&defaults.value("DATABASE_URL").unwrap_or_default()),
            password_file(&folder.postgres()).display()
        ),
    };
    let storage = match &local.storage {
        Some(s3) => format!("S3 on disk, {}", s3.endpoint()),
        None => "external (AWS_STORAGE_BUCKET_NAME)".to_owned(),
    };
    let login = match &local.login {
        Some(provider) => format!("demo provider, {}", provider.issuer()),
        None => "external (GOOGLE_CLIENT_ID)".to_owned(),
    };
    let payments = match &local.payments {
        Some(toss) => format!("demo checkout, {} (no money moves)", toss.base_url()),
        None => "external (TOSS_SECRET_KEY)".to_owned(),
    };
    let front = match &local.front {
        Some(front) => format!("placeholder pages, {}", front.base_url()),
        None => format!("external, {}", settings.frontend_url),
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
            "  Samples    {} (ten images and a signature for an upload)",
            folder.samples().display()
        ),
        String::new(),
        "  Try a request, signed in as artist@example.com:".to_owned(),
        String::new(),
        format!(
            "    curl -sL -o /dev/null -c jar -b jar '{api}/api/auth/google/login?login_hint=artist@example.com' && \
             curl -s -c jar -b jar {api}/api/auth/me"
        ),
        String::new(),
        "  Use localhost, not 127.0.0.1: cookies belong to a host name. Ctrl-C stops everything.".to_owned(),
        String::new(),
    ]
}

/// Removes the password, because the banner ends up in logs and on screens.
fn without_password(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else {
        return String::new();
    };
    if url.set_password(None).is_err() {
        return String::new();
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_a_url_is_removed() {
        let shown = without_password("postgres://postgres:0123abcd@127.0.0.1:5433/postgres");
        assert_eq!(shown, "postgres://postgres@127.0.0.1:5433/postgres");
        assert_eq!(without_password("0123abcd"), "");
    }
}
