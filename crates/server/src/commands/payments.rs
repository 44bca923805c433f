//! `stylelicense payments reconcile|owed`

use std::{process::ExitCode, sync::Arc};

use adapter_postgres::{PgStore, PoolOptions};
use anyhow::Context;
use application::tokens::{PaymentService, Span};
use chrono::TimeDelta;
use clap::Subcommand;
use domain::{
    clock::Clock,
    page::{PageRequest, PageSize},
};

use super::{block_on, say};
use crate::{
    bootstrap,
    clock::{RandomIds, SystemClock},
    settings::Settings,
};

/// What to do about payments.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Compares every order with its payment at the provider: what was paid and not credited is repaired, every other
    /// difference is listed. Fails when something is left for a human.
    Reconcile {
        /// How many days back.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
    },
    /// Lists what buyers owe whose payments were taken back after they had spent the tokens.
    Owed,
}

/// Runs `action`; reconciling fails when something is left for a human.
pub fn run(action: &Action) -> anyhow::Result<ExitCode> {
    block_on(async {
        let service = service().await?;
        match action {
            Action::Reconcile { days } => reconcile(&service, *days).await,
            Action::Owed => owed(&service).await,
        }
    })
}

/// The service by itself, with the settings of the environment.
async fn service() -> anyhow::Result<PaymentService> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let store = PgStore::connect(&settings.database_url, &PoolOptions::default())
        .await
        .context("the database cannot be reached")?;
    let store = Arc::new(store);
    let provider = bootstrap::payments(&settings)?;
    Ok(PaymentService {
        purchases: store.clone(),
        queries: store,
        provider,
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
    })
}

async fn reconcile(service: &PaymentService, days: u16) -> anyhow::Result<ExitCode> {
    let until = SystemClock.now();
    let from = until - TimeDelta::days(i64::from(days));
    let found = service
        .reconcile(Span { from, until })
        .await
        .context("the payments cannot be compared")?;
    for difference in &found.differences {
        say(&difference.to_string());
    }
    let left = found
        .differences
        .iter()
        .filter(|difference| !difference.is_repaired())
        .count();
    say(&format!(
        "{} orders compared, {} repaired, {left} left",
        found.orders,
        found.differences.len() - left
    ));
    Ok(if left == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn owed(service: &PaymentService) -> anyhow::Result<ExitCode> {
    let mut page = PageRequest {
        after: None,
        size: PageSize::new(PageSize::MAX).map_err(|fault| anyhow::anyhow!("a page: {fault:?}"))?,
    };
    let mut sum = 0;
    loop {
        let found = service.owed(page).await?;
        for row in &found.rows {
            sum += row.owed.get();
            let buyer = row
                .buyer
                .as_ref()
                .map_or("an erased account", |buyer| buyer.name.as_str());
            say(&format!(
                "{}: {buyer} owes {} of {} tokens, canceled {}",
                row.order_id, row.owed, row.amount, row.canceled_at
            ));
        }
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    say(&format!("{sum} tokens owed"));
    Ok(ExitCode::SUCCESS)
}
