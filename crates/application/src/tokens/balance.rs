//! Balances and transactions.

use std::sync::Arc;

use domain::{
    StorageError, UserId,
    page::{Page, PageRequest},
    tokens::{BalanceView, TokenQueries, TransactionFilter, TransactionView},
};

/// Shows people their tokens.
#[derive(Clone)]
pub struct TokenService {
    queries: Arc<dyn TokenQueries>,
}

impl TokenService {
    /// Puts the service together.
    pub fn new(queries: Arc<dyn TokenQueries>) -> Self {
        Self { queries }
    }

    /// What a person has; `None` when the account is gone.
    pub async fn balance(&self, user: UserId) -> Result<Option<BalanceView>, StorageError> {
        self.queries.balance(user).await
    }

    /// What a person paid, got and earned, newest first.
    pub async fn transactions(
        &self,
        user: UserId,
        filter: TransactionFilter,
        page: PageRequest,
    ) -> Result<Page<TransactionView>, StorageError> {
        self.queries.transactions(user, filter, page).await
    }
}
