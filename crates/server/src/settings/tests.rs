use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
};

use secrecy::ExposeSecret;

use super::*;

fn complete() -> HashMap<&'static str, &'static str> {
    HashMap::from([
        ("DATABASE_URL", "postgres://u:p@db/stylelicense"),
        ("AWS_STORAGE_BUCKET_NAME", "media"),
        ("GOOGLE_CLIENT_ID", "client"),
        ("GOOGLE_CLIENT_SECRET", "hush-hush"),
        ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
        ("INTERNAL_API_TOKEN", "abcdef0123456789abcdef0123456789"),
        (
            "CORS_ALLOWED_ORIGINS",
            "http://localhost:3000, https://app.example.com",
        ),
    ])
}

fn read(values: &HashMap<&'static str, &'static str>) -> Result<Settings, SettingsError> {
    Settings::read(|name| values.get(name).map(|value| (*value).to_owned()))
}

#[test]
fn optional_settings_have_defaults() {
    let settings = read(&complete()).unwrap();
    assert_eq!(settings.storage.buckets.private, "media-private");
    assert_eq!(
        settings.storage.buckets.public_base_url,
        "https://media.s3.us-east-1.amazonaws.com"
    );
    assert_eq!(settings.api_base_url, "http://localhost:8000");
    assert_eq!(settings.frontend_url, "http://localhost:3000");
    assert_eq!(settings.deadlines, Deadlines::default());
    assert_eq!(settings.database_max_connections, 16);
    assert!(settings.amqp_url.is_none() && !settings.is_production());
}

#[test]
fn one_error_lists_every_problem_and_no_secret() {
    let mut values = complete();
    values.remove("DATABASE_URL");
    values.insert("SECRET_KEY", "too-short-to-keep");
    values.insert("BIND_ADDR", "nowhere");
    values.insert("LOG_FORMAT", "loud");
    values.insert("DATABASE_MAX_CONNECTIONS", "1");
    values.insert("TRUSTED_PROXIES", "everybody");
    values.insert("GENERATION_DEADLINE", "soon");
    values.insert("AWS_ACCESS_KEY_ID", "lonely-key");
    let message = read(&values).unwrap_err().to_string();
    for name in [
        "DATABASE_URL",
        "SECRET_KEY",
        "BIND_ADDR",
        "LOG_FORMAT",
        "DATABASE_MAX_CONNECTIONS",
        "TRUSTED_PROXIES",
        "GENERATION_DEADLINE",
        "AWS_ACCESS_KEY_ID",
    ] {
        assert!(message.contains(name), "{name} is missing in: {message}");
    }
    for secret in ["too-short-to-keep", "lonely-key", "hush-hush"] {
        assert!(!message.contains(secret), "{secret} is shown in: {message}");
    }
}

#[test]
fn the_broker_can_be_configured_in_parts() {
    let mut values = complete();
    values.insert("RABBITMQ_HOST", "mq");
    values.insert("RABBITMQ_PASS", "p@ss/word");
    let settings = read(&values).unwrap();
    assert_eq!(
        settings.amqp_url.unwrap().expose_secret(),
        "amqp://guest:p%40ss%2Fword@mq:5672/%2F"
    );
}

#[test]
fn g6_secrets_are_not_in_debug_output() {
    let shown = format!("{:?}", read(&complete()).unwrap());
    for secret in ["hush-hush", "0123456789abcdef", "abcdef0123456789", "u:p@db"] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}

#[test]
fn https_enables_production_mode() {
    let mut values = complete();
    values.insert("API_BASE_URL", "https://api.example.com/");
    let settings = read(&values).unwrap();
    assert!(settings.is_production());
    assert_eq!(settings.api_base_url, "https://api.example.com");
}

#[test]
fn serve_requires_a_broker() {
    let read = |values: &HashMap<&str, &str>| {
        Settings::read_for_serving(|name| values.get(name).map(|value| (*value).to_owned()))
    };
    let message = read(&complete()).unwrap_err().to_string();
    assert!(message.contains("AMQP_URL"), "{message}");
    let mut values = complete();
    values.insert("RABBITMQ_HOST", "mq");
    assert!(read(&values).is_ok());
}

#[test]
fn payments_are_optional_and_their_key_is_only_sent_encrypted() {
    assert!(read(&complete()).unwrap().payments.is_none());
    let mut values = complete();
    values.insert("TOSS_SECRET_KEY", "test_sk_hush");
    let payments = read(&values).unwrap().payments.unwrap();
    assert_eq!(payments.api_base_url, "https://api.tosspayments.com");
    assert_eq!(payments.secret_key.expose_secret(), "test_sk_hush");
    for url in [
        "http://localhost:8003",
        "http://127.0.0.1:8003",
        "http://[::1]:8003",
        "https://pay.example.com",
    ] {
        values.insert("TOSS_API_BASE_URL", url);
        assert_eq!(read(&values).unwrap().payments.unwrap().api_base_url, url);
    }
    for bad in [
        "http://pay.example.com",
        "http://localhost.example.com",
        "pay.example.com",
    ] {
        values.insert("TOSS_API_BASE_URL", bad);
        let message = read(&values).unwrap_err().to_string();
        assert!(
            message.contains("TOSS_API_BASE_URL") && !message.contains("hush"),
            "{message}"
        );
    }
}

#[test]
fn env_example_lists_exactly_the_settings_that_are_read() {
    // These are read by logging and by `stylelicense dev`.
    let read_elsewhere = ["RUST_LOG", "STYLELICENSE_DATA_DIR"].map(str::to_owned);
    let read = RefCell::new(BTreeSet::from(read_elsewhere));
    let mut values = complete();
    // The other parts of the broker URL are read only if there is a host.
    values.insert("RABBITMQ_HOST", "mq");
    Settings::read(|name| {
        read.borrow_mut().insert(name.to_owned());
        values.get(name).map(|value| (*value).to_owned())
    })
    .unwrap();
    let lines = include_str!("../../../../.env.example").lines();
    let names = lines.filter_map(|line| line.trim_start_matches("# ").split_once('='));
    let is_name = |name: &str| {
        name.bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    let mut documented: Vec<&str> = names.map(|(name, _)| name).filter(|name| is_name(name)).collect();
    documented.sort_unstable();
    assert_eq!(documented, read.into_inner().iter().collect::<Vec<_>>());
}
