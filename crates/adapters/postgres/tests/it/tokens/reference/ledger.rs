//! Reference implementation of the ledger: which entries are allowed, and the balances of the accounts. The SQL is
//! compared to it.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use domain::{
    GenerationId, Tokens,
    tokens::{Account, EntryKey, EntryKind, TokenTransaction},
};

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LedgerError {
    #[error("there is an entry {0} already")]
    Duplicate(EntryKey),
    #[error("an entry moves at least one token")]
    ZeroAmount,
    #[error("{required} tokens needed, {available} available")]
    InsufficientTokens { required: Tokens, available: Tokens },
    /// A settlement without a hold of the same amount and payer.
    #[error("generation {0} has no such hold")]
    NoSuchHold(GenerationId),
    #[error("the accounts do not match the kind {0:?}")]
    WrongAccounts(EntryKind),
    #[error("a balance would overflow")]
    Overflow,
}

/// The entries and their balances.
#[derive(Debug, Clone, Default)]
pub struct ReferenceLedger {
    keys: BTreeSet<EntryKey>,
    holds: BTreeMap<GenerationId, TokenTransaction>,
    balances: BTreeMap<Account, Tokens>,
    issued: i64,
}

impl ReferenceLedger {
    /// Adds an entry. An error changes nothing.
    pub fn insert(&mut self, entry: TokenTransaction) -> Result<(), LedgerError> {
        if self.keys.contains(&entry.key) {
            return Err(LedgerError::Duplicate(entry.key));
        }
        if entry.amount == Tokens::ZERO {
            return Err(LedgerError::ZeroAmount);
        }
        check_accounts(&entry)?;
        if matches!(entry.kind, EntryKind::Capture | EntryKind::Release) {
            self.check_hold(&entry)?;
        }
        let debited = self.debit(&entry)?;
        let credited = self.credit(&entry)?;
        self.issued += issued_by(&entry);
        self.balances.extend(debited.into_iter().chain(credited));
        self.keys.insert(entry.key.clone());
        if let (EntryKind::Hold, Some(generation)) = (entry.kind, entry.generation) {
            self.holds.insert(generation, entry);
        }
        Ok(())
    }

    /// The platform's account has no balance: it is the source of all tokens.
    pub fn balance(&self, account: Account) -> Tokens {
        self.balances.get(&account).copied().unwrap_or_default()
    }

    /// Tokens issued and not returned. Equals the sum of all balances (P1).
    pub fn issued(&self) -> i64 {
        self.issued
    }

    /// The sum of all balances.
    pub fn total(&self) -> i64 {
        self.balances.values().map(|t| t.get()).sum()
    }

    fn debit(&self, entry: &TokenTransaction) -> Result<Option<(Account, Tokens)>, LedgerError> {
        if entry.debit == Account::Platform {
            return Ok(None);
        }
        let available = self.balance(entry.debit);
        let rest = available
            .checked_sub(entry.amount)
            .ok_or(LedgerError::InsufficientTokens {
                required: entry.amount,
                available,
            })?;
        Ok(Some((entry.debit, rest)))
    }

    fn credit(&self, entry: &TokenTransaction) -> Result<Option<(Account, Tokens)>, LedgerError> {
        if entry.credit == Account::Platform {
            return Ok(None);
        }
        let sum = self
            .balance(entry.credit)
            .checked_add(entry.amount)
            .ok_or(LedgerError::Overflow)?;
        Ok(Some((entry.credit, sum)))
    }

    fn check_hold(&self, entry: &TokenTransaction) -> Result<(), LedgerError> {
        let Some(generation) = entry.generation else {
            return Err(LedgerError::WrongAccounts(entry.kind));
        };
        let matches = self
            .holds
            .get(&generation)
            .is_some_and(|hold| hold.amount == entry.amount && hold.credit == entry.debit);
        if matches {
            Ok(())
        } else {
            Err(LedgerError::NoSuchHold(generation))
        }
    }
}

/// The accounts that each kind debits and credits. The database has the same rules as a CHECK.
fn check_accounts(entry: &TokenTransaction) -> Result<(), LedgerError> {
    use Account as A;
    let matches = match (entry.kind, entry.debit, entry.credit) {
        (EntryKind::Welcome | EntryKind::Purchase | EntryKind::Adjustment, A::Platform, A::Available(_))
        | (EntryKind::PurchaseReversal | EntryKind::Adjustment, A::Available(_), A::Platform)
        | (EntryKind::Adjustment, A::Earned(_), A::Platform)
        | (EntryKind::Capture, A::Held(_), A::Earned(_)) => true,
        (EntryKind::Hold, A::Available(from), A::Held(to))
        | (EntryKind::Release, A::Held(from), A::Available(to)) => from == to,
        _ => false,
    };
    if matches {
        Ok(())
    } else {
        Err(LedgerError::WrongAccounts(entry.kind))
    }
}

fn issued_by(entry: &TokenTransaction) -> i64 {
    match (entry.debit, entry.credit) {
        (Account::Platform, _) => entry.amount.get(),
        (_, Account::Platform) => -entry.amount.get(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use domain::UserId;

    const PAYER: UserId = UserId(1);
    const ARTIST: UserId = UserId(2);

    fn tokens(n: i64) -> Tokens {
        Tokens::new(n).unwrap()
    }

    fn ledger_with_welcome_bonus() -> ReferenceLedger {
        let mut ledger = ReferenceLedger::default();
        ledger.insert(TokenTransaction::welcome(PAYER)).unwrap();
        ledger
    }

    #[test]
    fn a_capture_moves_held_tokens_to_the_artist() {
        let mut ledger = ledger_with_welcome_bonus();
        ledger
            .insert(TokenTransaction::hold(GenerationId(7), PAYER, tokens(30)))
            .unwrap();
        ledger
            .insert(TokenTransaction::capture(
                GenerationId(7),
                PAYER,
                ARTIST,
                tokens(30),
            ))
            .unwrap();
        assert_eq!(ledger.balance(Account::Available(PAYER)), tokens(70));
        assert_eq!(ledger.balance(Account::Held(PAYER)), Tokens::ZERO);
        assert_eq!(ledger.balance(Account::Earned(ARTIST)), tokens(30));
    }

    #[test]
    fn p3_a_generation_is_settled_once() {
        let mut ledger = ledger_with_welcome_bonus();
        ledger
            .insert(TokenTransaction::hold(GenerationId(7), PAYER, tokens(30)))
            .unwrap();
        ledger
            .insert(TokenTransaction::release(GenerationId(7), PAYER, tokens(30)))
            .unwrap();
        let late = ledger.insert(TokenTransaction::capture(
            GenerationId(7),
            PAYER,
            ARTIST,
            tokens(30),
        ));
        assert_eq!(
            late,
            Err(LedgerError::Duplicate(EntryKey::settle(GenerationId(7))))
        );
        assert_eq!(ledger.balance(Account::Available(PAYER)), tokens(100));
    }

    #[test]
    fn a_settlement_needs_its_hold() {
        let mut ledger = ledger_with_welcome_bonus();
        let without_hold = ledger.insert(TokenTransaction::release(GenerationId(7), PAYER, tokens(30)));
        assert_eq!(without_hold, Err(LedgerError::NoSuchHold(GenerationId(7))));
        ledger
            .insert(TokenTransaction::hold(GenerationId(7), PAYER, tokens(30)))
            .unwrap();
        let other_amount = ledger.insert(TokenTransaction::release(GenerationId(7), PAYER, tokens(31)));
        assert_eq!(other_amount, Err(LedgerError::NoSuchHold(GenerationId(7))));
    }

    #[test]
    fn one_welcome_bonus_per_user() {
        assert!(matches!(
            ledger_with_welcome_bonus().insert(TokenTransaction::welcome(PAYER)),
            Err(LedgerError::Duplicate(_))
        ));
    }

    #[test]
    fn p1_tokens_of_an_erased_account_are_no_longer_issued() {
        let mut ledger = ledger_with_welcome_bonus();
        ledger
            .insert(TokenTransaction::hold(GenerationId(7), PAYER, tokens(30)))
            .unwrap();
        ledger
            .insert(TokenTransaction::capture(
                GenerationId(7),
                PAYER,
                ARTIST,
                tokens(30),
            ))
            .unwrap();
        ledger
            .insert(TokenTransaction::erased_wallet(PAYER, tokens(70)))
            .unwrap();
        ledger
            .insert(TokenTransaction::erased_earnings(ARTIST, tokens(30)))
            .unwrap();
        assert_eq!((ledger.issued(), ledger.total()), (0, 0));
        assert!(matches!(
            ledger.insert(TokenTransaction::erased_wallet(PAYER, tokens(70))),
            Err(LedgerError::Duplicate(_))
        ));
    }

    #[test]
    fn accounts_must_match_the_kind() {
        let mut entry = TokenTransaction::hold(GenerationId(7), PAYER, tokens(1));
        entry.credit = Account::Held(ARTIST);
        assert_eq!(
            ledger_with_welcome_bonus().insert(entry),
            Err(LedgerError::WrongAccounts(EntryKind::Hold))
        );
    }

    fn any_entry() -> impl Strategy<Value = TokenTransaction> {
        (0u8..5, 1i64..4, 1i64..4, 0i64..120).prop_map(|(kind, user, generation, amount)| {
            let (user, generation, amount) = (UserId(user), GenerationId(generation), tokens(amount));
            match kind {
                0 => TokenTransaction::welcome(user),
                1 => TokenTransaction::purchase(&format!("o{generation}"), user, amount),
                2 => TokenTransaction::hold(generation, user, amount),
                3 => TokenTransaction::capture(generation, user, ARTIST, amount),
                _ => TokenTransaction::release(generation, user, amount),
            }
        })
    }

    proptest! {
        #[test]
        fn p1_p2_tokens_are_conserved_and_not_negative(entries in proptest::collection::vec(any_entry(), 0..200)) {
            let mut ledger = ReferenceLedger::default();
            for entry in entries {
                let before = ledger.clone();
                if ledger.insert(entry).is_err() {
                    prop_assert_eq!(&before.balances, &ledger.balances);
                    prop_assert_eq!(before.keys.len(), ledger.keys.len());
                }
                prop_assert_eq!(ledger.issued(), ledger.total());
                prop_assert!(ledger.balances.values().all(|t| t.get() >= 0));
            }
        }
    }
}
