//! Settings from environment variables. All problems are reported at once, without secrets.

mod reader;
mod values;

use std::{net::SocketAddr, time::Duration};

use domain::{object::Buckets, workers::Deadlines};
use http_api::net::IpRanges;
use secrecy::SecretString;

pub use reader::{Reader, SettingsError};

/// Minimum length of secrets that sign or authenticate, in characters.
const MIN_SECRET_LENGTH: usize = 32;

#[derive(Debug, Clone)]
pub struct Settings {
    pub database_url: SecretString,
    /// Of all pools together.
    pub database_max_connections: u32,
    /// `None` for the in-process queue of `dev`.
    pub amqp_url: Option<SecretString>,
    pub storage: StorageSettings,
    pub login: LoginSettings,
    /// `None` if tokens cannot be bought.
    pub payments: Option<PaymentSettings>,
    /// Signs cookies.
    pub secret_key: SecretString,
    /// Bearer token of workers.
    pub internal_token: SecretString,
    /// Accepted too, during a rotation.
    pub internal_token_previous: Option<SecretString>,
    /// Addresses that may call the worker webhooks; empty for any.
    pub webhook_allowed_ips: IpRanges,
    /// Peers whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: IpRanges,
    /// Origins that may use the API with cookies.
    pub cors_allowed_origins: Vec<String>,
    /// Host names the API answers to; empty for any.
    pub allowed_hosts: Vec<String>,
    /// URL of the web client, without a trailing slash.
    pub frontend_url: String,
    /// Path of the web client after a login without `next`.
    pub login_redirect_path: String,
    /// URL of this API for browsers and workers, without a trailing slash.
    pub api_base_url: String,
    /// Limit per artist; styles whose training failed do not count.
    pub max_styles_per_artist: i64,
    pub deadlines: Deadlines,
    /// How long failed and canceled generations are kept.
    pub failed_generation_retention: Duration,
    pub bind_addr: SocketAddr,
    pub log_format: LogFormat,
}

#[derive(Debug, Clone)]
pub struct StorageSettings {
    /// Endpoint of a store other than Amazon S3.
    pub endpoint: Option<String>,
    pub region: String,
    /// `None` for the role of the instance.
    pub access_key: Option<SecretString>,
    pub secret_key: Option<SecretString>,
    pub buckets: Buckets,
}

#[derive(Debug, Clone)]
pub struct LoginSettings {
    /// Exactly as the provider names itself.
    pub issuer_url: String,
    pub client_id: String,
    pub client_secret: SecretString,
}

#[derive(Debug, Clone)]
pub struct PaymentSettings {
    pub secret_key: SecretString,
    pub api_base_url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Human,
    /// One JSON object per line.
    Json,
}

impl Settings {
    /// Reads and validates all settings.
    pub fn read(source: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(&source);
        let settings = Self::collect(&mut reader);
        reader.finish(settings)
    }

    /// As [`Self::read`], for `serve`: a broker is required.
    pub fn read_for_serving(source: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(&source);
        let settings = Self::collect(&mut reader);
        if settings.as_ref().is_none_or(|s| s.amqp_url.is_none())
            && reader.is_unset(&["AMQP_URL", "RABBITMQ_HOST"])
        {
            reader.problem("AMQP_URL", "is required (or RABBITMQ_HOST)");
        }
        reader.finish(settings)
    }

    /// Whether the API is reached over https. Cookies are then `Secure`, and HSTS is sent.
    pub fn is_production(&self) -> bool {
        self.api_base_url.starts_with("https://")
    }

    fn collect(r: &mut Reader<'_>) -> Option<Self> {
        let cors_allowed_origins = r.list("CORS_ALLOWED_ORIGINS", values::origin);
        let api_base_url = r.or("API_BASE_URL", "http://localhost:8000", values::base_url);
        let first_origin = cors_allowed_origins.as_ref().and_then(|o| o.first().cloned());
        let frontend_url = match r.optional("FRONTEND_URL", values::base_url) {
            Some(Some(url)) => Some(url),
            Some(None) if first_origin.is_none() && cors_allowed_origins.is_some() => {
                r.problem("FRONTEND_URL", "is required when CORS_ALLOWED_ORIGINS is empty");
                None
            }
            Some(None) => first_origin,
            None => None,
        };
        let database_url = r.required("DATABASE_URL", values::postgres_url);
        let database_max_connections = r.or("DATABASE_MAX_CONNECTIONS", "16", values::connections);
        let amqp_url = read_broker(r);
        let storage = read_storage(r);
        let login = read_login(r);
        let payments = read_payments(r);
        let secret_key = r.required("SECRET_KEY", |raw| values::secret(raw, MIN_SECRET_LENGTH));
        let internal_token = r.required("INTERNAL_API_TOKEN", |raw| values::secret(raw, MIN_SECRET_LENGTH));
        let internal_token_previous = r.optional("INTERNAL_API_TOKEN_PREVIOUS", |raw| {
            values::secret(raw, MIN_SECRET_LENGTH)
        });
        let deadlines = read_deadlines(r);
        let webhook_allowed_ips = r.or("WEBHOOK_ALLOWED_IPS", "", values::ip_ranges);
        let trusted_proxies = r.or("TRUSTED_PROXIES", "", values::ip_ranges);
        let allowed_hosts = r.list("ALLOWED_HOSTS", values::host);
        let login_redirect_path = r.or("LOGIN_REDIRECT_PATH", "/", values::path);
        let max_styles_per_artist = r.or("MAX_STYLES_PER_ARTIST", "1", values::positive);
        let failed_days = r.or("FAILED_GENERATION_DAYS", "7", values::positive);
        let bind_addr = r.or("BIND_ADDR", "0.0.0.0:8000", values::socket_addr);
        let log_format = r.or("LOG_FORMAT", "json", values::log_format);
        // `?` only now, after every setting was read and every problem was collected.
        Some(Self {
            database_url: database_url?,
            database_max_connections: database_max_connections?,
            amqp_url: amqp_url?,
            storage: storage?,
            login: login?,
            payments: payments?,
            secret_key: secret_key?,
            internal_token: internal_token?,
            internal_token_previous: internal_token_previous?,
            webhook_allowed_ips: webhook_allowed_ips?,
            trusted_proxies: trusted_proxies?,
            cors_allowed_origins: cors_allowed_origins?,
            allowed_hosts: allowed_hosts?,
            frontend_url: frontend_url?,
            login_redirect_path: login_redirect_path?,
            api_base_url: api_base_url?,
            max_styles_per_artist: max_styles_per_artist?,
            deadlines: deadlines?,
            failed_generation_retention: Duration::from_hours(24 * failed_days?.unsigned_abs()),
            bind_addr: bind_addr?,
            log_format: log_format?,
        })
    }
}

/// `AMQP_URL`, or else its parts.
fn read_broker(r: &mut Reader<'_>) -> Option<Option<SecretString>> {
    if let Some(url) = r.optional("AMQP_URL", values::amqp_url)? {
        return Some(Some(url));
    }
    let Some(host) = r.optional("RABBITMQ_HOST", values::host)? else {
        return Some(None);
    };
    let port = r.or("RABBITMQ_PORT", "5672", values::port)?;
    let user = r.or("RABBITMQ_USER", "guest", values::text)?;
    let password = r.or("RABBITMQ_PASS", "guest", values::text)?;
    let vhost = r.or("RABBITMQ_VHOST", "/", values::text)?;
    Some(Some(values::amqp_url_from_parts(
        &host, port, &user, &password, &vhost,
    )))
}

fn read_storage(r: &mut Reader<'_>) -> Option<StorageSettings> {
    let public = r.required("AWS_STORAGE_BUCKET_NAME", values::bucket);
    // The placeholder is valid, so that only the problem of the public bucket is reported.
    let default_private = public
        .as_ref()
        .map_or_else(|| "private".to_owned(), |p| format!("{p}-private"));
    let private = r.or("AWS_PRIVATE_BUCKET_NAME", &default_private, values::bucket);
    let endpoint = r.optional("AWS_S3_ENDPOINT_URL", values::base_url);
    let region = r.or("AWS_S3_REGION_NAME", "us-east-1", values::text);
    let access_key = r.optional("AWS_ACCESS_KEY_ID", |raw| values::secret(raw, 1));
    let secret_key = r.optional("AWS_SECRET_ACCESS_KEY", |raw| values::secret(raw, 1));
    let scheme = r.or("STORAGE_URI_SCHEME", "s3", values::uri_scheme);
    let media = r.optional("MEDIA_PUBLIC_URL", values::base_url);
    if let (Some(access), Some(secret)) = (&access_key, &secret_key)
        && access.is_some() != secret.is_some()
    {
        r.problem(
            "AWS_ACCESS_KEY_ID",
            "and AWS_SECRET_ACCESS_KEY go together: set both or none",
        );
        return None;
    }
    let (public, private, endpoint, region, scheme) = (public?, private?, endpoint?, region?, scheme?);
    if public == private {
        r.problem("AWS_PRIVATE_BUCKET_NAME", "must not be the public bucket");
        return None;
    }
    let public_base_url = media?.unwrap_or_else(|| public_base_url(endpoint.as_deref(), &region, &public));
    let buckets = Buckets {
        public,
        private,
        public_base_url,
        endpoint: endpoint.clone(),
        scheme,
    };
    Some(StorageSettings {
        endpoint,
        region,
        access_key: access_key?,
        secret_key: secret_key?,
        buckets,
    })
}

/// Default of `MEDIA_PUBLIC_URL`.
fn public_base_url(endpoint: Option<&str>, region: &str, bucket: &str) -> String {
    match endpoint {
        Some(endpoint) => format!("{endpoint}/{bucket}"),
        None => format!("https://{bucket}.s3.{region}.amazonaws.com"),
    }
}

fn read_login(r: &mut Reader<'_>) -> Option<LoginSettings> {
    let issuer_url = r.or(
        "GOOGLE_ISSUER_URL",
        "https://accounts.google.com",
        values::base_url,
    );
    let client_id = r.required("GOOGLE_CLIENT_ID", values::text);
    let client_secret = r.required("GOOGLE_CLIENT_SECRET", |raw| values::secret(raw, 1));
    Some(LoginSettings {
        issuer_url: issuer_url?,
        client_id: client_id?,
        client_secret: client_secret?,
    })
}

fn read_payments(r: &mut Reader<'_>) -> Option<Option<PaymentSettings>> {
    let secret_key = r.optional("TOSS_SECRET_KEY", |raw| values::secret(raw, 1));
    let api_base_url = r.or("TOSS_API_BASE_URL", adapter_toss::TOSS_API, values::encrypted_url);
    let (secret_key, api_base_url) = (secret_key?, api_base_url?);
    Some(secret_key.map(|secret_key| PaymentSettings {
        secret_key,
        api_base_url,
    }))
}

fn read_deadlines(r: &mut Reader<'_>) -> Option<Deadlines> {
    let queue = r.or("QUEUE_DEADLINE", "24h", values::duration);
    let generation = r.or("GENERATION_DEADLINE", "15m", values::duration);
    let training = r.or("TRAINING_DEADLINE", "6h", values::duration);
    Some(Deadlines {
        queue: queue?,
        generation: generation?,
        training: training?,
    })
}

#[cfg(test)]
mod tests;
