//! Payments of orders in the reference model.

use domain::tokens::{Account, OrderChange, OrderState, PaymentStatus, TokenTransaction};

use super::Platform;
use crate::support::tokens;

impl Platform {
    /// Applies the rule of the domain, with its entries. False when the order has changed since it was read.
    pub fn payment(&mut self, number: i64, expected: OrderState, status: PaymentStatus) -> bool {
        let order = &self.orders[&number];
        let (buyer, amount, name) = (order.buyer, tokens(order.amount), format!("order-{number}"));
        if order.state != expected {
            return false;
        }
        let (state, owed) = match (expected.after(status), buyer) {
            (OrderChange::Keep, _) | (OrderChange::Grant, None) => return false,
            (OrderChange::Grant, Some(buyer)) => {
                self.ledger
                    .insert(TokenTransaction::purchase(&name, buyer, amount))
                    .unwrap();
                (OrderState::Paid, 0)
            }
            (OrderChange::Reverse, buyer) => {
                let available = buyer.map(|buyer| self.ledger.balance(Account::Available(buyer)));
                let taken = available.unwrap_or_default().min(amount);
                if let Some(buyer) = buyer.filter(|_| taken > tokens(0)) {
                    self.ledger
                        .insert(TokenTransaction::reversal(&name, buyer, taken))
                        .unwrap();
                }
                // An erased account has returned all tokens.
                let owed = buyer.map_or(0, |_| amount.get() - taken.get());
                (OrderState::Canceled, owed)
            }
            (OrderChange::Cancel, _) => (OrderState::Canceled, 0),
            (OrderChange::Fail, _) => (OrderState::Failed, 0),
            (OrderChange::Expire, _) => (OrderState::Expired, 0),
        };
        let order = self.orders.get_mut(&number).unwrap();
        (order.state, order.owed) = (state, owed);
        true
    }
}
