//! `stylelicense payments`: reconciles orders with the payment provider, or lists owed tokens.

use std::{process::ExitCode, sync::Arc};

use adapter_postgres::{PgStore, PoolOptions};
use anyhow::Context;
use application::tokens::{PaymentService, TimeRange};
use chrono::TimeDelta;
use clap::Subcommand;
use domain::{
    clock::Clock,
    page::{PageRequest, PageSize},
};

use super::{block_on, print_line};
use crate::{
    bootstrap,
    clock::{RandomIds, SystemClock},
    settings::Settings,
};

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Compares orders with the payments at the provider, repairs what it can and lists the differences. Fails if a
    /// person has to act.
    Reconcile {
        /// Number of days to look back.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
    },
    /// Lists tokens that were spent before their payment was refunded.
    Owed,
}

pub fn run(action: &Action) -> anyhow::Result<ExitCode> {
    block_on(async {
        let service = payment_service().await?;
        match action {
            Action::Reconcile { days } => reconcile(&service, *days).await,
            Action::Owed => owed(&service).await,
        }
    })
}

async fn payment_service() -> anyhow::Result<PaymentService> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let store = PgStore::connect(&settings.database_url, &PoolOptions::default())
        .await
        .context("cannot connect to the database")?;
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
        .reconcile(TimeRange { from, until })
        .await
        .context("cannot compare the payments")?;
    for difference in &found.differences {
        print_line(&difference.to_string());
    }
    let left = found
        .differences
        .iter()
        .filter(|difference| !difference.is_repaired())
        .count();
    print_line(&format!(
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
        size: PageSize::new(PageSize::MAX).map_err(|error| anyhow::anyhow!("page size: {error:?}"))?,
    };
    let mut total = 0;
    loop {
        let found = service.owed(page).await?;
        for row in &found.rows {
            total += row.owed.get();
            let buyer = row
                .buyer
                .as_ref()
                .map_or("an erased account", |buyer| buyer.name.as_str());
            print_line(&format!(
                "{}: {buyer} owes {} of {} tokens, canceled {}",
                row.order_id, row.owed, row.amount, row.canceled_at
            ));
        }
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    print_line(&format!("{total} tokens owed"));
    Ok(ExitCode::SUCCESS)
}
